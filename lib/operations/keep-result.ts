import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import { days, END_STATUSES, type EndStatus, executionKey, RESULT_STEP, type ResultRow } from '../contract/index.ts';

/**
 * What Step Functions says of an execution that ended: the detail of its event "Step Functions Execution Status
 * Change".
 */
export interface StatusChange {
  readonly executionArn: string;
  readonly stateMachineArn: string;
  readonly name: string;
  readonly status: string;
  /** Epoch milliseconds. */
  readonly stopDate: number;
  readonly output?: string | null;
  /** `included` is false for an output that is too large for an event. */
  readonly outputDetails?: { readonly included?: boolean } | null;
  readonly error?: string | null;
  readonly cause?: string | null;
}

/** Where ends are kept. */
export interface KeptIn {
  readonly table: string;
  /** What stands before the workflow's name in that of its state machine. Empty as a rule. */
  readonly prefix: string;
}

/** What became of the news. */
export type ResultKept =
  /** The row says it now. */
  | 'kept'
  /** The row said the same already, or tells of a later end. */
  | 'known'
  /** It is at work again: another event will tell how that ends. */
  | 'running again';

/**
 * Keeps how an execution ended as a row for those who wait for it. Told twice it writes once, and an end that is told
 * of late never takes the place of a later one.
 * @throws what DynamoDB or Step Functions answers: to be tried again
 */
export async function keepResult(
  { dynamoDB, stepFunctions }: { readonly dynamoDB: DynamoDBClient; readonly stepFunctions: SFNClient },
  { table, prefix }: KeptIn,
  change: StatusChange,
): Promise<ResultKept> {
  const end = isWhole(change) ? change : await lookUp(stepFunctions, change);
  if (!isEnd(end.status)) return 'running again';
  try {
    await dynamoDB.send(
      new PutItemCommand({
        TableName: table,
        Item: marshall(rowOf(change, end.status, end, prefix), { removeUndefinedValues: true }),
        ConditionExpression: 'attribute_not_exists(endedAt) OR endedAt < :endedAt',
        ExpressionAttributeValues: marshall({ ':endedAt': end.stopDate }),
      }),
    );
    return 'kept';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 'known';
    throw error;
  }
}

type End = Omit<StatusChange, 'executionArn' | 'stateMachineArn' | 'name'>;

/** Whether the event says all: an output may be too large for it, and not every event has had error and cause. */
const isWhole = ({ status, output, error }: StatusChange): boolean =>
  status === 'SUCCEEDED' ? typeof output === 'string' : error !== undefined;

async function lookUp(stepFunctions: SFNClient, { executionArn, ...told }: StatusChange): Promise<End> {
  const { status, stopDate, output, error, cause } = await stepFunctions.send(
    new DescribeExecutionCommand({ executionArn }),
  );
  return {
    status: status ?? told.status,
    stopDate: stopDate?.getTime() ?? told.stopDate,
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}

const isEnd = (status: string): status is EndStatus => (END_STATUSES as readonly string[]).includes(status);

/** The largest output is 256 KiB and a cause 32,768 characters, never both: the row fits into an item of 400 KB. */
const rowOf = ({ stateMachineArn, name }: StatusChange, status: EndStatus, end: End, prefix: string): ResultRow => ({
  execution: executionKey(stateMachineArn.slice(stateMachineArn.lastIndexOf(':') + 1 + prefix.length), name),
  step: RESULT_STEP,
  status,
  endedAt: end.stopDate,
  ...(status === 'SUCCEEDED' && end.output ? { output: end.output } : {}),
  ...(end.error ? { error: end.error } : {}),
  ...(end.cause ? { cause: end.cause } : {}),
  expiry: Math.ceil((end.stopDate + KEPT.milliseconds) / 1_000),
});

/**
 * Longer than news of an end can be late: a day in EventBridge, four in the queue, fourteen as a dead letter. Later a
 * client asks Step Functions, which remembers an execution for 90 days.
 */
const KEPT = days(30);
