import type { FaultKind } from '../faults/fault.ts';
import type { InvocationEnd } from '../functions/invocation.ts';
import { AtomTestError } from '../mistakes.ts';
import type { TaskCall } from '../step-functions/execution.ts';
import type { Account } from './account.ts';
import { bodyOf } from './bodies.ts';
import { DELAY } from './delays.ts';

const OF_TASKS: readonly FaultKind[] = ['service-refused', 'service-gone', 'service-unanswered', 'stopped-meanwhile'];

/** What a state machine asks of a service, and what goes wrong with it. */
export function performTask(account: Account, task: TaskCall): void {
  const label = `${task.execution.settings.name}/${task.state} task`;
  const service = task.resource.split(':')[5] ?? '';
  const down = account.isGone(service);
  const kind = account.points.reach(label, down ? [] : OF_TASKS);
  if (kind === 'service-gone') account.takeAway(service, DELAY.serviceGone);
  account.tell(task.execution.settings.machineName, task.resource.split(':::')[1] ?? '', label, kind);
  if (kind === 'stopped-meanwhile') account.after(DELAY.meanwhile, () => account.stop(task.execution));
  account.after(account.about(DELAY.task), () => {
    if (down || kind === 'service-refused' || kind === 'service-gone') return task.fail(UNAVAILABLE);
    const unheard = kind === 'service-unanswered';
    if (unheard) account.after(DELAY.noAnswer, () => task.fail(UNAVAILABLE));
    perform(account, task, (result) => {
      if (!unheard) task.succeed(result);
    });
  });
}

/** What the integrations of SQS, Lambda and EventBridge answer when the service cannot be reached. */
const UNAVAILABLE = { error: 'States.ServiceUnavailable', cause: 'Service Unavailable' };

function perform(account: Account, task: TaskCall, succeed: (result: unknown) => void): void {
  const args = task.args as Readonly<Record<string, unknown>>;
  switch (task.resource) {
    case 'arn:aws:states:::sqs:sendMessage.waitForTaskToken':
      account.queue(String(args.QueueUrl)).send(bodyOf(args.MessageBody));
      return;
    case 'arn:aws:states:::sqs:sendMessage':
      succeed({ MessageId: account.queue(String(args.QueueUrl)).send(bodyOf(args.MessageBody)) });
      return;
    case 'arn:aws:states:::events:putEvents':
      succeed(account.publish(args.Entries as readonly Readonly<Record<string, unknown>>[]));
      return;
    case 'arn:aws:states:::lambda:invoke':
      account
        .function(String(args.FunctionName))
        .invoke(overTheWire(args.Payload), (end) =>
          end.kind === 'returned' ? succeed(answerOf(end)) : task.fail(failureOf(end)),
        );
      return;
    default:
      throw new AtomTestError(`The resource ${task.resource} is not played.`);
  }
}

/** As the other side has it, who may change it. */
const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

const answerOf = ({ value }: Extract<InvocationEnd, { kind: 'returned' }>): object => ({
  ExecutedVersion: '1',
  Payload: overTheWire(value ?? null),
  StatusCode: 200,
});

function failureOf(end: Exclude<InvocationEnd, { kind: 'returned' }>): { error: string; cause: string } {
  switch (end.kind) {
    case 'threw': {
      const { name, message } = end.error;
      return { error: name, cause: JSON.stringify({ errorType: name, errorMessage: message }) };
    }
    case 'timed-out':
      return { error: 'Sandbox.Timedout', cause: JSON.stringify({ errorMessage: 'Task timed out' }) };
    case 'crashed':
      return { error: 'Runtime.ExitError', cause: JSON.stringify({ errorMessage: 'The process exited' }) };
  }
}
