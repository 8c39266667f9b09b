import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { startUndo, type UndoRequest } from '../../../lib/operations/index.ts';

const stepFunctions = new SFNClient({});
const processor = new BatchProcessor(EventType.SQS);

/** Receives the executions that failed, timed out or were stopped. A thrown error has its message delivered again. */
export const handler = (event: SQSEvent, lambda: Context): Promise<SQSBatchResponse> =>
  processPartialResponse(event, receive, processor, {
    context: lambda,
    throwOnFullBatchFailure: false,
  }) as Promise<SQSBatchResponse>;

async function receive({ body, attributes }: SQSRecord): Promise<void> {
  const request = JSON.parse(body) as UndoRequest;
  const undo = await startUndo(stepFunctions, request);
  console.log(JSON.stringify({ level: 'INFO', execution: request.executionArn, status: request.status, undo }));
  // DescribeExecution may lag behind the end that the message tells of: a later look is to be believed.
  if (!undo.started && undo.running && attributes.ApproximateReceiveCount === '1') {
    throw new Error(`${request.executionArn} ended as ${request.status} and is running: it is looked at once more.`);
  }
}
