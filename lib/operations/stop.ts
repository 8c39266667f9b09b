import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeExecutionCommand, type SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { DeployedWorkflow } from './deployed-workflow.ts';
import { isRunning } from './running.ts';
import { startUndo, type UndoStarted } from './undo.ts';

/**
 * Stops an order, and has undone what it did so far. The status event would start the undo machine as well; asking for
 * it here makes sure that it does not depend on an event. An order that had ended before is left as it is.
 */
export async function stop(
  stepFunctions: SFNClient,
  workflow: DeployedWorkflow,
  name: string,
  reason: string,
): Promise<UndoStarted> {
  const executionArn = executionArnOf(workflow, name);
  const refusal = await stepFunctions
    .send(new StopExecutionCommand({ executionArn, error: 'Stopped', cause: reason }))
    .then(() => undefined, endedAlready);
  // What is read may lag behind what was stopped.
  for (let look = 1; (await isRunning(stepFunctions, executionArn)) && look < LOOKS; look += 1) await sleep(LOOK_MS);
  const { status = 'unknown' } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
  if (status === 'RUNNING' && refusal) throw refusal;
  if (status !== 'ABORTED') return { started: false, reason: `it had ended before (${status})` };
  return startUndo(stepFunctions, { executionArn, name, status, undoMachineArn: workflow.undoMachineArn });
}

/**
 * Stopping what has ended is no error on AWS, and a ValidationException on MiniStack: its status tells.
 * @throws whatever says something else
 */
function endedAlready(error: unknown): Error {
  if (error instanceof Error && error.name === 'ValidationException') return error;
  throw error;
}

/** Together three seconds, many times what DescribeExecution usually lags. */
const LOOKS = 10;
const LOOK_MS = 300;

export const executionArnOf = ({ stateMachineArn }: DeployedWorkflow, name: string): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
