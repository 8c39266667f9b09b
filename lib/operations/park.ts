import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { marshall } from '@aws-sdk/util-dynamodb';
import { days } from '../contract/index.ts';

/** What a state machine could not do and hands to a person. */
export interface ParkedSteps {
  /** `<workflow>:<root execution name>` */
  readonly execution: string;
  readonly executionArn: string;
  readonly correlationId: string;
  readonly failure: unknown;
  readonly parked: readonly ParkedStep[];
  readonly at: Date;
}

export interface ParkedStep {
  readonly step: string;
  readonly verb: string;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/**
 * Writes a row for each parked step beside the step's record, then tells the operators' topic. Rows come first and are
 * the same however often they are written: told twice is better than not at all.
 * @returns how many rows
 */
export async function parkSteps(
  { dynamoDB, sns }: { readonly dynamoDB: DynamoDBClient; readonly sns: SNSClient },
  { table, topicArn }: { readonly table: string; readonly topicArn: string },
  { execution, executionArn, correlationId, failure, parked, at }: ParkedSteps,
): Promise<number> {
  const workflow = execution.slice(0, execution.indexOf(':'));
  for (const { step, verb, error, cause } of parked) {
    const row = {
      execution,
      step: `${step}~parked~${verb}`,
      verb,
      error,
      cause,
      executionArn,
      correlationId,
      failure,
      parkedIn: workflow,
      parkedAt: at.toISOString(),
      expiry: Math.ceil((at.getTime() + KEPT.milliseconds) / 1_000),
    };
    await dynamoDB.send(new PutItemCommand({ TableName: table, Item: marshall(row, { removeUndefinedValues: true }) }));
  }
  const lines = parked.map(
    ({ step, verb, error, cause }) =>
      `- ${verb} ${step}: ${error ?? 'unknown error'}${cause ? ` (${cause.slice(0, 200)})` : ''}`,
  );
  await sns.send(
    new PublishCommand({
      TopicArn: topicArn,
      Subject: `Parked: ${workflow} ${correlationId}`.replace(/[^\x20-\x7e]/g, '?').slice(0, 99),
      Message: [`${execution} could not do the following and waits for a decision:`, ...lines, '', executionArn].join(
        '\n',
      ),
    }),
  );
  return parked.length;
}

/** A year: a parked row is for a person, and persons go on holiday. */
const KEPT = days(365);
