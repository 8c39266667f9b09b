import { createHash } from 'node:crypto';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
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
  /** What it ended as when the request was made. */
  readonly status: string;
  /** Its newest version is used where the execution's own definition names none. */
  readonly undoMachineArn: string;
}

/** What came of the request. */
export type UndoStarted =
  | { readonly started: true; readonly undoExecutionArn: string }
  | {
      readonly started: false;
      readonly reason: string;
      /** Set where it ran when it was looked at: it was begun again, or what was read lags behind its end. */
      readonly running?: true;
    };

/**
 * Starts the undo machine for an execution that ended from outside. What the execution is now decides, not what the
 * request says of it: one that succeeded, compensated itself or runs again is left alone. The undo execution has the
 * execution's own name, so that however often it is asked for, each end is undone once.
 */
export async function startUndo(stepFunctions: SFNClient, request: UndoRequest): Promise<UndoStarted> {
  const { executionArn, name, undoMachineArn } = request;
  const execution = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
  const { status = request.status, error = '', stateMachineVersionArn, redriveCount = 0 } = execution;
  if (status === 'RUNNING') return { started: false, reason: 'it is running again', running: true };
  if (status === 'SUCCEEDED') return { started: false, reason: 'it succeeded' };
  if (status === 'FAILED' && Object.values(CompensatedPrefix).some((prefix) => error.startsWith(prefix))) {
    return { started: false, reason: `it compensated itself (${error})` };
  }
  const undoVersion = await undoVersionOf(stepFunctions, executionArn, stateMachineVersionArn);
  try {
    const { executionArn: undoExecutionArn = '' } = await stepFunctions.send(
      new StartExecutionCommand({
        stateMachineArn: undoVersion ?? undoMachineArn,
        name: undoName(name, redriveCount),
        input: JSON.stringify({ execution: name, executionArn, status }),
      }),
    );
    return { started: true, undoExecutionArn };
  } catch (error) {
    if (error instanceof Error && error.name === 'ExecutionAlreadyExists') {
      return { started: false, reason: 'it is being undone already' };
    }
    throw error;
  }
}

/** The execution that undoes the end of another one, whether it has begun or not. */
export const undoExecutionArnOf = (undoMachineArn: string, name: string, redriveCount: number): string =>
  `${undoMachineArn.replace(':stateMachine:', ':execution:')}:${undoName(name, redriveCount)}`;

/**
 * An execution that was redriven ends once more, and what it did since is undone by another undo execution. Hashed, for
 * whatever were added to the name could be the name of another order.
 */
function undoName(name: string, redriveCount: number): string {
  if (redriveCount === 0) return name;
  const suffix = `-r${redriveCount}`;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 30);
  return `${name.slice(0, 40)}-${hash}${suffix}`;
}

/** The undo versions by the version of the workflow that names them. A version never changes. */
const undoVersions = new Map<string, string | undefined>();

/** The version of the undo machine that belongs to the definition which an execution was begun with. */
async function undoVersionOf(
  stepFunctions: SFNClient,
  executionArn: string,
  versionArn: string | undefined,
): Promise<string | undefined> {
  if (!versionArn) return undoVersionNamedBy(await definitionOfExecution(stepFunctions, executionArn));
  if (!undoVersions.has(versionArn)) {
    const definition =
      (await definitionOfVersion(stepFunctions, versionArn)) ??
      (await definitionOfExecution(stepFunctions, executionArn));
    undoVersions.set(versionArn, undoVersionNamedBy(definition));
  }
  return undoVersions.get(versionArn);
}

/** Nothing for a version that was deleted: executions of it are still there. */
async function definitionOfVersion(stepFunctions: SFNClient, versionArn: string): Promise<string | undefined> {
  try {
    const { definition } = await stepFunctions.send(new DescribeStateMachineCommand({ stateMachineArn: versionArn }));
    return definition;
  } catch (error) {
    if (error instanceof Error && error.name === 'StateMachineDoesNotExist') return undefined;
    throw error;
  }
}

/** It may be asked once a second only ("Quotas", Step Functions developer guide): asked where nothing else helps. */
async function definitionOfExecution(stepFunctions: SFNClient, executionArn: string): Promise<string | undefined> {
  const command = new DescribeStateMachineForExecutionCommand({ executionArn });
  return (await stepFunctions.send(command)).definition;
}

function undoVersionNamedBy(definition = '{}'): string | undefined {
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
