import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { keepResult, type StatusChange } from '../../../lib/operations/index.ts';
import { environment } from '../../../lib/runtime/index.ts';

const clients = { dynamoDB: new DynamoDBClient({}), stepFunctions: new SFNClient({}) };
const processor = new BatchProcessor(EventType.SQS);

/** Receives the executions that ended, however they did. A thrown error has its message delivered again. */
export const handler = (event: SQSEvent, lambda: Context): Promise<SQSBatchResponse> =>
  processPartialResponse(event, receive, processor, {
    context: lambda,
    throwOnFullBatchFailure: false,
  }) as Promise<SQSBatchResponse>;

async function receive({ body }: SQSRecord): Promise<void> {
  const change = JSON.parse(body) as StatusChange;
  const kept = { table: environment('RECORDS_TABLE'), prefix: process.env.NAME_PREFIX ?? '' };
  const result = await keepResult(clients, kept, change);
  console.log(JSON.stringify({ level: 'INFO', execution: change.executionArn, status: change.status, result }));
}
