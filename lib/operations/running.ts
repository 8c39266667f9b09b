import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';

/** Whether an execution is at work, as one is again that was redriven. */
export async function isRunning(stepFunctions: SFNClient, executionArn: string): Promise<boolean> {
  const { status } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
  return status === 'RUNNING';
}
