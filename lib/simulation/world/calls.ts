import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { undoMachineName } from '../../asl/index.ts';
import { AwsError } from '../aws-error.ts';
import { RECORDS } from '../deployment.ts';
import type { FaultKind } from '../faults/fault.ts';
import type { Invocation } from '../functions/invocation.ts';
import { AtomTestError } from '../mistakes.ts';
import type { Command } from '../process/inside.ts';
import { machineArnOf, versionArnOf } from '../step-functions/service.ts';
import type { Account } from './account.ts';
import { DELAY } from './delays.ts';
import { commandName, labelOf, orderOf, recordOf, type StepName, UNDO } from './labels.ts';

type Input = Readonly<Record<string, unknown>>;

const READS: ReadonlySet<string> = new Set([
  'GetItem',
  'Query',
  'DescribeExecution',
  'DescribeStateMachine',
  'DescribeStateMachineForExecution',
  'GetExecutionHistory',
  'ListExecutions',
  'GetQueueUrl',
  'GetParameter',
]);

const OF_READS: readonly FaultKind[] = ['refused', 'crash-before', 'zombie'];
const OF_WRITES: readonly FaultKind[] = [
  'refused',
  'outage',
  'unanswered',
  'resent',
  'late',
  'thawed',
  'crash-before',
  'crash-after',
  'zombie',
];
const OF_TRANSACTIONS: readonly FaultKind[] = [...OF_WRITES, 'collided'];

/** What functions ask of AWS, and what goes wrong with it. */
export class AwsCalls {
  readonly #world: Account;
  /** Until when all calls of a service are refused. */
  readonly #outages = new Map<string, number>();

  constructor(world: Account) {
    this.#world = world;
  }

  send(invocation: Invocation, command: Command, signal: AbortSignal | undefined): Promise<unknown> {
    const name = commandName(command);
    const input = command.input as Input;
    const service = serviceOf(name);
    const label = `${this.#whose(name, input, invocation)} ${name}`;
    const world = this.#world;
    const down = (this.#outages.get(service) ?? 0) > world.now();
    const kind = world.points.reach(label, down ? [] : kindsOf(name));
    if (kind === 'outage') this.#outages.set(service, world.now() + DELAY.outage);
    const fault = down ? 'refused' : kind;
    world.tell(invocation.functionName, service, `${label}`, kind);
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => invocation.answer(reject, signal.reason as Error));
      const perform = (): unknown => {
        try {
          return this.#perform(name, input, invocation);
        } catch (error) {
          if (error instanceof AtomTestError) world.mistaken(error);
          throw error;
        }
      };
      const answer = (): void => {
        try {
          invocation.answer(resolve, perform());
        } catch (error) {
          invocation.answer(reject, error as Error);
        }
      };
      const perhaps = (): void => {
        try {
          perform();
        } catch {
          // Nobody hears of it.
        }
      };
      const refuse = (): void => invocation.answer(reject, throttled());
      const lose = (): void => invocation.answer(reject, lost());
      const after = (milliseconds: number, act: () => void): void => {
        world.after(milliseconds, act);
      };
      switch (fault) {
        case undefined:
          return after(world.about(DELAY.call), answer);
        case 'refused':
        case 'outage':
          return after(world.about(DELAY.call), refuse);
        case 'collided':
          return after(world.about(DELAY.call), () => invocation.answer(reject, collision(input)));
        case 'unanswered':
          return after(world.about(DELAY.call), () => {
            perhaps();
            after(DELAY.noAnswer, lose);
          });
        case 'resent':
          return after(world.about(DELAY.call), () => {
            const again = this.#answerAgain(name, perform);
            after(DELAY.resend, () => {
              try {
                invocation.answer(resolve, again());
              } catch (error) {
                invocation.answer(reject, error as Error);
              }
            });
          });
        case 'late':
        case 'thawed':
          after(DELAY[fault], perhaps);
          return after(DELAY.noAnswer, lose);
        case 'crash-before':
          return invocation.crash();
        case 'crash-after':
          return after(world.about(DELAY.call), () => {
            perhaps();
            invocation.crash();
          });
        case 'zombie':
          invocation.becomeZombie();
          return after(invocation.remainingMilliseconds + DELAY.zombie, answer);
        default:
          throw new TypeError(`${fault} is no fault of a call.`);
      }
    });
  }

  /** The SDK gives a transaction a token, so that what it sends again is not done again; nothing else has one. */
  #answerAgain(name: string, perform: () => unknown): () => unknown {
    if (name !== 'TransactWriteItems') {
      try {
        perform();
      } catch {
        // Its answer is what gets lost.
      }
      return perform;
    }
    try {
      const first = perform();
      return () => first;
    } catch {
      return perform;
    }
  }

  #perform(name: string, input: Input, invocation: Invocation): unknown {
    const { deployment, stepFunctions } = this.#world;
    const own = deployment.aws[name];
    if (own) return own(input) ?? {};
    switch (serviceOf(name)) {
      case 'DynamoDB':
        return this.#dynamoDB(name, input, invocation);
      case 'Step Functions':
        return stepFunctions.perform(name, input);
      case 'SQS':
        return this.#sqs(name, input);
      case 'SES':
        return this.#mail(input, invocation);
      case 'SNS':
        this.#world.told.push(input);
        return { MessageId: `told-${this.#world.told.length}` };
      case 'SSM':
        return { Parameter: { Value: JSON.stringify(this.#deployed()) } };
      case 'EventBridge':
        return this.#world.publish(input.Entries as readonly Input[]);
      default:
        throw new AtomTestError(
          `${invocation.functionName} sends ${name} to AWS, which is not played. Pass aws: { ${name}: (input) => ({ … }) }.`,
        );
    }
  }

  #dynamoDB(name: string, input: Input, invocation: Invocation): unknown {
    const world = this.#world;
    const named = recordOf(input);
    if (named) world.expire(named);
    const record = READS.has(name) ? undefined : named;
    const before = record && world.record(record);
    if (name === 'TransactWriteItems' && record) world.watch.onAttempt(record, invocation);
    const answer = world.tables.perform(name, input);
    if (record) {
      world.watch.onRecord(record, before, world.record(record));
      if (name === 'TransactWriteItems') this.#transacted(record, input);
    }
    return answer;
  }

  /** What a transaction wrote beside its record is the step's effect. */
  #transacted(record: StepName, { TransactItems }: Input): void {
    const writes = (TransactItems as readonly Readonly<Record<string, Input>>[]).flatMap((item) => Object.values(item));
    if (writes.every(({ TableName }) => TableName === RECORDS)) return;
    const undo = record.step.endsWith(UNDO);
    this.#world.effects.push({
      order: orderOf(record.execution),
      step: undo ? record.step.slice(0, -UNDO.length) : record.step,
      undo,
      by: 'transaction',
      at: this.#world.now(),
    });
  }

  /** Where the workflow is, as its stack notes it. */
  #deployed(): object {
    const { name } = this.#world.deployment.workflow.plan;
    return {
      stateMachineArn: machineArnOf(name),
      liveArn: versionArnOf(name),
      undoMachineArn: machineArnOf(undoMachineName(name)),
      recordsTable: RECORDS,
    };
  }

  #sqs(name: string, input: Input): unknown {
    if (name === 'GetQueueUrl') return { QueueUrl: input.QueueName };
    const queue = this.#world.queue(String(input.QueueUrl));
    if (name === 'SendMessage') {
      const attributes = Object.entries((input.MessageAttributes ?? {}) as Record<string, { StringValue?: string }>);
      const texts = Object.fromEntries(attributes.map(([key, { StringValue = '' }]) => [key, StringValue]));
      return {
        MessageId: queue.send(String(input.MessageBody), texts, Number(input.DelaySeconds ?? 0) * 1_000),
      };
    }
    if (name === 'ChangeMessageVisibility') {
      queue.changeVisibility(String(input.ReceiptHandle), Number(input.VisibilityTimeout) * 1_000);
      return {};
    }
    throw new AtomTestError(`${name} of SQS is not played.`);
  }

  #mail(input: Input, invocation: Invocation): unknown {
    const world = this.#world;
    world.mails.push(input);
    const [envelope] = world.watch.envelopesOf(invocation);
    if (envelope) {
      const { execution, step } = envelope;
      world.effects.push({ order: orderOf(execution), step, undo: false, by: 'mail', at: world.now() });
    }
    return { MessageId: `mail-${world.mails.length}` };
  }

  /** The step that a call is for; where it names none, the function. */
  #whose(name: string, input: Input, invocation: Invocation): string {
    if ('taskToken' in input) {
      const task = this.#world.stepFunctions.tokens.get(String(input.taskToken))?.task;
      return task ? `${task.execution.settings.name}/${task.state}` : 'nobody';
    }
    const record = serviceOf(name) === 'DynamoDB' ? recordOf(input) : undefined;
    if (record) return labelOf(record);
    const [only, ...others] = this.#world.watch.envelopesOf(invocation);
    return only && others.length === 0 ? labelOf(only) : invocation.functionName;
  }
}

function kindsOf(name: string): readonly FaultKind[] {
  if (READS.has(name)) return OF_READS;
  return name === 'TransactWriteItems' ? OF_TRANSACTIONS : OF_WRITES;
}

const SERVICES: Readonly<Record<string, string>> = {
  GetQueueUrl: 'SQS',
  GetParameter: 'SSM',
  SendMessage: 'SQS',
  ChangeMessageVisibility: 'SQS',
  DeleteMessage: 'SQS',
  SendEmail: 'SES',
  Publish: 'SNS',
  PutEvents: 'EventBridge',
};

const services = new Map<string, string>();

function serviceOf(name: string): string {
  let service = services.get(name);
  if (service === undefined) {
    service = serviceNamed(name);
    services.set(name, service);
  }
  return service;
}

function serviceNamed(name: string): string {
  if (/^(SendTask|.*Execution|DescribeStateMachine|ListExecutions)/.test(name)) return 'Step Functions';
  if (/Item(s)?$|^Query$/.test(name)) return 'DynamoDB';
  return SERVICES[name] ?? 'AWS';
}

const throttled = (): AwsError => new AwsError('ThrottlingException', 'Rate exceeded');
const lost = (): AwsError => new AwsError('TimeoutError', 'The connection was lost before an answer came.');

function collision({ TransactItems }: Input): TransactionCanceledException {
  const reasons = (TransactItems as readonly unknown[]).map((_, index, all) =>
    index === all.length - 1 ? { Code: 'TransactionConflict' } : { Code: 'None' },
  );
  return new TransactionCanceledException({
    message: 'Transaction cancelled, please refer cancellation reasons for specific reasons',
    $metadata: {},
    CancellationReasons: reasons,
  });
}
