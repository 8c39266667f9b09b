import { SFNClient } from '@aws-sdk/client-sfn';
import { startUndo, type UndoRequest } from '../../../lib/operations/index.ts';

const stepFunctions = new SFNClient({});

/** Called by the rule on executions that failed, timed out or were stopped. Thrown errors are retried by EventBridge. */
export async function handler(request: UndoRequest): Promise<void> {
  const undo = await startUndo(stepFunctions, request);
  console.log(JSON.stringify({ level: 'INFO', execution: request.executionArn, status: request.status, undo }));
}
