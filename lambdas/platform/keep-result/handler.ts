import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { keepResult, type StatusChange } from '../../../lib/operations/index.ts';
import { environment, receiveEach } from '../../../lib/runtime/index.ts';

const clients = { dynamoDB: new DynamoDBClient({}), stepFunctions: new SFNClient({}) };

/** Receives the executions that ended, however they did. A thrown error has its message delivered again. */
export const handler = (event: SQSEvent, lambda: Context): Promise<SQSBatchResponse> =>
  receiveEach(event, lambda, receive);

async function receive({ body }: SQSRecord): Promise<void> {
  const change = JSON.parse(body) as StatusChange;
  const kept = { table: environment('RECORDS_TABLE'), prefix: process.env.NAME_PREFIX ?? '' };
  const result = await keepResult(clients, kept, change);
  console.log(JSON.stringify({ level: 'INFO', execution: change.executionArn, status: change.status, result }));
}
