import {
  DescribeExecutionCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CompensatedPrefix, undoVersionIn } from '../contract/index.ts';

/** An execution that ended, and the machine that undoes its like. */
export interface UndoRequest {
  readonly executionArn: string;
  /** The execution's name. */
  readonly name: string;
  readonly status: string;
  /** Its newest version is used where the execution's own definition names none. */
  readonly undoMachineArn: string;
}

/** What came of the request. */
export type UndoStarted =
  | { readonly started: true; readonly undoExecutionArn: string }
  | { readonly started: false; readonly reason: string };

/**
 * Starts the undo machine for an execution that ended from outside. The undo execution has the execution's own name,
 * so that however often it is asked for, it runs once. An execution that compensated itself is left alone.
 */
export async function startUndo(stepFunctions: SFNClient, request: UndoRequest): Promise<UndoStarted> {
  const { executionArn, name, status, undoMachineArn } = request;
  if (status === 'FAILED') {
    // The status event does not always carry the error, so it is looked up.
    const { error = '' } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    if (Object.values(CompensatedPrefix).some((prefix) => error.startsWith(prefix))) {
      return { started: false, reason: `it compensated itself (${error})` };
    }
  }
  const input = JSON.stringify({ execution: name, executionArn, status });
  const stateMachineArn = (await undoVersionOf(stepFunctions, executionArn)) ?? undoMachineArn;
  try {
    const started = await stepFunctions.send(new StartExecutionCommand({ stateMachineArn, name, input }));
    return { started: true, undoExecutionArn: started.executionArn ?? '' };
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionAlreadyExists') {
      return { started: false, reason: 'it is being undone already' };
    }
    throw error;
  }
}

/** The version of the undo machine that belongs to the definition which an execution was begun with. */
async function undoVersionOf(stepFunctions: SFNClient, executionArn: string): Promise<string | undefined> {
  const { definition = '{}' } = await stepFunctions.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
  const { Comment = '' } = JSON.parse(definition) as { Comment?: string };
  return undoVersionIn(Comment);
}

/** Whether an execution has entered one of some states. Reads its history from the end, where they would be. */
export async function hasEntered(
  stepFunctions: SFNClient,
  executionArn: string,
  states: ReadonlySet<string>,
): Promise<boolean> {
  let nextToken: string | undefined;
  do {
    const page = await stepFunctions.send(
      new GetExecutionHistoryCommand({
        executionArn,
        reverseOrder: true,
        includeExecutionData: false,
        maxResults: 1_000,
        nextToken,
      }),
    );
    if ((page.events ?? []).some(({ stateEnteredEventDetails }) => states.has(stateEnteredEventDetails?.name ?? '')))
      return true;
    nextToken = page.nextToken;
  } while (nextToken);
  return false;
}
