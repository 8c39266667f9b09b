import { BatchGetItemCommand, type BatchGetItemCommandInput, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeExecutionCommand, type DescribeExecutionCommandOutput, type SFNClient } from '@aws-sdk/client-sfn';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { END_STATUSES, type EndStatus, RESULT_ATTRIBUTES, RESULT_STEP, type ResultRow } from '../contract/index.ts';

/** How an execution ended, whoever told. */
export interface Ended {
  readonly status: EndStatus;
  /** JSON text. */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/**
 * The ends that are kept of some executions, by `<workflow>:<name>`. Not consistent: half the price, and whoever waits
 * looks again.
 * @param executions at most 100, each once
 */
export async function readEnds(
  dynamoDB: DynamoDBClient,
  table: string,
  executions: readonly string[],
): Promise<ReadonlyMap<string, Ended>> {
  const { Responses = {} } = await dynamoDB.send(
    new BatchGetItemCommand({
      RequestItems: {
        [table]: { Keys: executions.map((execution) => marshall({ execution, step: RESULT_STEP })), ...ATTRIBUTES },
      },
    }),
  );
  // What DynamoDB left unprocessed is asked for again in the next round.
  const rows = (Responses[table] ?? []).map((item) => unmarshall(item) as ResultRow);
  const now = Date.now() / 1_000;
  return new Map(rows.filter(({ expiry }) => expiry > now).map((row) => [row.execution, row]));
}

/** The most keys of one BatchGetItem. */
export const ENDS_AT_A_TIME = 100;

/** Exactly what `Workflow.grantUse` allows to be read. Some of the names are DynamoDB's own words. */
const ATTRIBUTES: Pick<
  NonNullable<BatchGetItemCommandInput['RequestItems']>[string],
  'ProjectionExpression' | 'ExpressionAttributeNames'
> = {
  ProjectionExpression: RESULT_ATTRIBUTES.map((name) => `#${name}`).join(', '),
  ExpressionAttributeNames: Object.fromEntries(RESULT_ATTRIBUTES.map((name) => [`#${name}`, name])),
};

/** Undefined where there is no such execution. */
export async function describeExecution(
  stepFunctions: SFNClient,
  executionArn: string,
): Promise<DescribeExecutionCommandOutput | undefined> {
  try {
    return await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return undefined;
    throw error;
  }
}

/** Undefined where the execution is at work. */
export function endOf({ status, output, error, cause }: DescribeExecutionCommandOutput): Ended | undefined {
  if (!isEnd(status)) return undefined;
  return {
    status,
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}

const isEnd = (status: string | undefined): status is EndStatus =>
  (END_STATUSES as readonly (string | undefined)[]).includes(status);
