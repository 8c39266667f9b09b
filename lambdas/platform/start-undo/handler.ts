import { SFNClient } from '@aws-sdk/client-sfn';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { startUndo, type UndoRequest } from '../../../lib/operations/index.ts';
import { receiveEach } from '../../../lib/runtime/index.ts';

const stepFunctions = new SFNClient({});

/** Receives the executions that failed, timed out or were stopped. A thrown error has its message delivered again. */
export const handler = (event: SQSEvent, lambda: Context): Promise<SQSBatchResponse> =>
  receiveEach(event, lambda, receive);

async function receive({ body, attributes }: SQSRecord): Promise<void> {
  const request = JSON.parse(body) as UndoRequest;
  const undo = await startUndo(stepFunctions, request);
  console.log(JSON.stringify({ level: 'INFO', execution: request.executionArn, status: request.status, undo }));
  // DescribeExecution may lag behind the end that the message tells of: a later look is to be believed.
  if (!undo.started && undo.running && attributes.ApproximateReceiveCount === '1') {
    throw new Error(`${request.executionArn} ended as ${request.status} and is running: it is looked at once more.`);
  }
}
