import { undoMachineName } from '../../asl/index.ts';
import { RECORDS } from '../deployment.ts';
import type { Invocation } from '../functions/invocation.ts';
import { AtomTestError } from '../mistakes.ts';
import { machineArnOf, versionArnOf } from '../step-functions/service.ts';
import type { Account } from './account.ts';
import { meantBy, orderOf, recordOf, type StepName } from './labels.ts';

/** The input of a command. */
export type Input = Readonly<Record<string, unknown>>;

/** Commands that change nothing. */
export const READS: ReadonlySet<string> = new Set([
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

/** What AWS does when a function asks it, by the command's name. */
export class AwsServices {
  readonly #account: Account;

  constructor(account: Account) {
    this.#account = account;
  }

  perform(name: string, input: Input, invocation: Invocation): unknown {
    const { deployment, stepFunctions } = this.#account;
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
        this.#account.told.push(input);
        return { MessageId: `told-${this.#account.told.length}` };
      case 'SSM':
        return { Parameter: { Value: JSON.stringify(this.#deployed()) } };
      case 'EventBridge':
        return this.#account.publish(input.Entries as readonly Input[]);
      default:
        throw new AtomTestError(
          `${invocation.functionName} sends ${name} to AWS, which is not played. Pass aws: { ${name}: (input) => ({ … }) }.`,
        );
    }
  }

  #dynamoDB(name: string, input: Input, invocation: Invocation): unknown {
    const account = this.#account;
    const named = recordOf(input);
    if (named) account.expire(named);
    const record = READS.has(name) ? undefined : named;
    const before = record && account.record(record);
    if (name === 'TransactWriteItems' && record) account.watch.onAttempt(record, invocation);
    const answer = account.tables.perform(name, input);
    if (record) {
      account.watch.onRecord(record, before, account.record(record));
      if (name === 'TransactWriteItems') this.#transacted(record, input);
    }
    return answer;
  }

  /** What a transaction wrote beside its record is the step's effect. */
  #transacted(record: StepName, { TransactItems }: Input): void {
    const writes = (TransactItems as readonly Readonly<Record<string, Input>>[]).flatMap((item) => Object.values(item));
    if (writes.every(({ TableName }) => TableName === RECORDS)) return;
    this.#account.effects.push({
      order: orderOf(record.execution),
      ...meantBy(record.step),
      by: 'transaction',
      at: this.#account.now(),
    });
  }

  /** Where the workflow is, as its stack notes it. */
  #deployed(): object {
    const { name } = this.#account.deployment.workflow.plan;
    return {
      stateMachineArn: machineArnOf(name),
      liveArn: versionArnOf(name),
      undoMachineArn: machineArnOf(undoMachineName(name)),
      recordsTable: RECORDS,
    };
  }

  #sqs(name: string, input: Input): unknown {
    if (name === 'GetQueueUrl') return { QueueUrl: input.QueueName };
    const queue = this.#account.queue(String(input.QueueUrl));
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
    const account = this.#account;
    account.mails.push(input);
    const [envelope] = account.watch.envelopesOf(invocation);
    if (envelope) {
      const { execution, step } = envelope;
      account.effects.push({ order: orderOf(execution), step, undo: false, by: 'mail', at: account.now() });
    }
    return { MessageId: `mail-${account.mails.length}` };
  }
}

const COMMANDS = {
  DynamoDB: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'BatchGetItem', 'TransactWriteItems'],
  'Step Functions': [
    'StartExecution',
    'StopExecution',
    'RedriveExecution',
    'DescribeExecution',
    'DescribeStateMachine',
    'DescribeStateMachineForExecution',
    'GetExecutionHistory',
    'ListExecutions',
    'SendTaskSuccess',
    'SendTaskFailure',
    'SendTaskHeartbeat',
  ],
  SQS: ['GetQueueUrl', 'SendMessage', 'ChangeMessageVisibility', 'DeleteMessage'],
  SES: ['SendEmail'],
  SNS: ['Publish'],
  SSM: ['GetParameter'],
  EventBridge: ['PutEvents'],
} as const;

const SERVICES: ReadonlyMap<string, string> = new Map(
  Object.entries(COMMANDS).flatMap(([service, names]) => names.map((name) => [name, service] as const)),
);

/** `DynamoDB`, of `UpdateItem`; `AWS` of what is not known here. */
export const serviceOf = (command: string): string => SERVICES.get(command) ?? 'AWS';
