import { DescribeExecutionCommand, type SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { DeployedWorkflow } from './deployed-workflow.ts';
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
  await stepFunctions.send(new StopExecutionCommand({ executionArn, error: 'Stopped', cause: reason }));
  // Stopping what has ended already is no error, and changes nothing.
  const { status = 'unknown' } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
  if (status !== 'ABORTED') return { started: false, reason: `it had ended before (${status})` };
  return startUndo(stepFunctions, { executionArn, name, status, undoMachineArn: workflow.undoMachineArn });
}

export const executionArnOf = ({ stateMachineArn }: DeployedWorkflow, name: string): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
