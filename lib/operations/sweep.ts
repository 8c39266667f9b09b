import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type ExecutionListItem,
  type ExecutionStatus,
  ListExecutionsCommand,
  type ListExecutionsCommandInput,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { CompensatedPrefix, days, executionKey, minutes, RESULT_STEP, seconds } from '../contract/index.ts';
import type { DeployedWorkflow } from './deployed-workflow.ts';
import { startUndo, undoExecutionArnOf } from './undo.ts';

export interface SweepClients {
  readonly stepFunctions: SFNClient;
  readonly dynamoDB: DynamoDBClient;
}

/** What a sweep came to. */
export interface Swept {
  /** Executions that ended without success in the time looked at. */
  readonly ended: number;
  /** Those of them that nothing showed to be undone or compensated, and that Step Functions was asked about. */
  readonly lookedAt: number;
  /** Those that no event had told of: ARNs of the undo executions that were started now. */
  readonly started: readonly string[];
  /** Those that there was no time for: the next sweep begins with others of them. */
  readonly left: number;
}

/**
 * Finds the executions of a workflow that ended from outside and that no status event has told of, for events are best
 * effort, and starts their undo machine as the event would have. It remembers nothing: it looks at everything that ended
 * since some moment, and what an earlier sweep or an event has seen to is left alone, for an undo execution has its
 * execution's name.
 *
 * Asking Step Functions about each would use up DescribeExecution's quota, of 10 to 15 a second in the account, in an
 * outage. So two lists and the rows of results tell most of them first: which have an undo execution, and which
 * compensated themselves.
 * @param name the workflow's own, which its records' partitions begin with
 * @param since epoch milliseconds
 * @throws what AWS answers
 */
export async function sweep(
  clients: SweepClients,
  { name, deployed }: { readonly name: string; readonly deployed: DeployedWorkflow },
  since: number,
): Promise<Swept> {
  const ended = await endedSince(clients.stepFunctions, deployed, since);
  const notUndone = await withoutUndo(clients.stepFunctions, deployed, ended, since);
  const suspects = await notCompensated(clients.dynamoDB, name, deployed, notUndone);
  const looked = turn(suspects, Date.now());
  const started: string[] = [];
  for (const { executionArn, name: execution, status } of looked) {
    const request = { executionArn, name: execution, status, undoMachineArn: deployed.undoMachineArn };
    const undo = await startUndo(clients.stepFunctions, request);
    if (undo.started) started.push(undo.undoExecutionArn);
  }
  return { ended: ended.length, lookedAt: looked.length, started, left: suspects.length - looked.length };
}

/** An execution in a list, with what is asked of it. */
interface Ended {
  readonly executionArn: string;
  readonly name: string;
  readonly status: ExecutionStatus;
  readonly endedAt: number;
  readonly redriveCount: number;
}

const UNSUCCESSFUL: readonly ExecutionStatus[] = ['FAILED', 'TIMED_OUT', 'ABORTED'];

/**
 * Lists are by start, newest first, and what counts is the end: an execution may have run as long as its machine lets
 * it, so that much further back is looked.
 */
async function endedSince(
  stepFunctions: SFNClient,
  { stateMachineArn, timeoutSeconds }: DeployedWorkflow,
  since: number,
): Promise<readonly Ended[]> {
  const longest = timeoutSeconds === undefined ? days(365) : seconds(timeoutSeconds);
  const ended: Ended[] = [];
  for (const statusFilter of UNSUCCESSFUL) {
    const listed = listSince(stepFunctions, { stateMachineArn, statusFilter }, since - longest.milliseconds);
    for await (const { executionArn = '', name = '', stopDate, redriveCount = 0 } of listed) {
      const endedAt = stopDate?.getTime() ?? Number.POSITIVE_INFINITY;
      if (endedAt >= since) ended.push({ executionArn, name, status: statusFilter, endedAt, redriveCount });
    }
  }
  return ended;
}

/** Executions of a machine, newest first, that were begun since some moment. */
async function* listSince(
  stepFunctions: SFNClient,
  of: ListExecutionsCommandInput,
  edge: number,
): AsyncGenerator<ExecutionListItem> {
  let nextToken: string | undefined;
  do {
    const page = await stepFunctions.send(
      new ListExecutionsCommand({ ...of, maxResults: LARGEST_PAGE, ...(nextToken ? { nextToken } : {}) }),
    );
    for (const each of page.executions ?? []) {
      // Whichever of the two a list is ordered by: one that was redriven is no older than that.
      if ((each.redriveDate ?? each.startDate ?? NEVER).getTime() < edge) return;
      yield each;
    }
    nextToken = page.nextToken;
  } while (nextToken);
}

/** The latest that a Date can be. */
const NEVER = new Date(8.64e15);

/** ListExecutions' own maximum. It is given back 5 to 10 times a second: a page holds as much as can be had. */
const LARGEST_PAGE = 1_000;

async function withoutUndo(
  stepFunctions: SFNClient,
  { undoMachineArn }: DeployedWorkflow,
  ended: readonly Ended[],
  since: number,
): Promise<readonly Ended[]> {
  if (ended.length === 0) return ended;
  const undone = new Set<string | undefined>();
  const edge = since - minutes(1).milliseconds; // an undo begins after the end, by clocks that may differ
  for await (const { executionArn } of listSince(stepFunctions, { stateMachineArn: undoMachineArn }, edge)) {
    undone.add(executionArn);
  }
  return ended.filter(({ name, redriveCount }) => !undone.has(undoExecutionArnOf(undoMachineArn, name, redriveCount)));
}

/** Leaves out what a row says to have compensated itself. Where no row says anything, Step Functions is asked later. */
async function notCompensated(
  dynamoDB: DynamoDBClient,
  workflow: string,
  { resultsTable }: DeployedWorkflow,
  ended: readonly Ended[],
): Promise<readonly Ended[]> {
  if (resultsTable === undefined) return ended;
  const failed = ended.filter(({ status }) => status === 'FAILED');
  const compensated = new Set<string>();
  for (let from = 0; from < failed.length; from += LARGEST_BATCH) {
    const some = failed.slice(from, from + LARGEST_BATCH);
    const rows = await readResults(dynamoDB, resultsTable, workflow, some);
    // A row of an earlier end says nothing of what was redriven since.
    for (const { name, endedAt } of some) if ((rows.get(name) ?? 0) >= endedAt) compensated.add(name);
  }
  return ended.filter(({ name }) => !compensated.has(name));
}

/** By execution, when those ended that compensated themselves. What is not answered is not known. */
async function readResults(
  dynamoDB: DynamoDBClient,
  table: string,
  workflow: string,
  ended: readonly Ended[],
): Promise<ReadonlyMap<string, number>> {
  const keys = ended.map(({ name }) => marshall({ execution: executionKey(workflow, name), step: RESULT_STEP }));
  const { Responses } = await dynamoDB.send(
    new BatchGetItemCommand({
      RequestItems: {
        [table]: {
          Keys: keys,
          ProjectionExpression: 'execution, endedAt, #error',
          ExpressionAttributeNames: { '#error': 'error' },
        },
      },
    }),
  );
  const rows = (Responses?.[table] ?? []).map((row) => unmarshall(row));
  return new Map(
    rows
      .filter(({ error = '' }) => Object.values(CompensatedPrefix).some((prefix) => String(error).startsWith(prefix)))
      .map(({ execution, endedAt }) => [String(execution).slice(workflow.length + 1), Number(endedAt)]),
  );
}

/** BatchGetItem's own maximum. */
const LARGEST_BATCH = 100;

/**
 * As many as may be asked about at a time, from another place each time: without rows of results, what compensated
 * itself is among them again and again, and must not stand before what did not.
 */
function turn<T>(suspects: readonly T[], now: number): readonly T[] {
  if (suspects.length <= LOOKS) return suspects;
  const from = (Math.floor(now / SWEEP_EVERY.milliseconds) * LOOKS) % suspects.length;
  return [...suspects, ...suspects].slice(from, from + LOOKS);
}

/** A third of the bucket of DescribeExecution in the smaller regions ("Quotas", Step Functions developer guide). */
const LOOKS = 100;

/** How often the platform sweeps. */
const SWEEP_EVERY = minutes(5);
