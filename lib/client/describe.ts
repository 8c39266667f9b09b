import type { DescribeExecutionCommandOutput, SFNClient } from '@aws-sdk/client-sfn';
import type { Schema } from '../contract/index.ts';
import { undoExecutionArnOf } from '../operations/executions.ts';
import { type End, failureOf, readEnd } from './end.ts';
import { describeExecution, endOf } from './ended.ts';
import { NotStarted, type Order, type WorkflowFailed } from './errors.ts';

/** How an order stands. */
export interface Description<Output> {
  readonly id: string;
  readonly executionArn: string;
  readonly status: 'running' | 'succeeded' | 'declined' | 'failed' | 'timed out' | 'stopped';
  readonly startedAt: Date;
  /** Left out while it runs. */
  readonly stoppedAt?: Date;
  /** What `result` returns, for one that succeeded or was declined. */
  readonly end?: End<Output>;
  /** What `result` throws, for one that failed, timed out or was stopped. */
  readonly failure?: WorkflowFailed;
  /** How far what it had done is undone, for the same. */
  readonly undo?: UndoProgress;
}

/**
 * `done`: nothing is left of what it had done. `parked`: something could not be undone and waits for an operator.
 * `failed`: the undo itself was ended, and operators have been told. Of an order that was ended from outside the undo
 * begins some seconds later, and takes a minute and more.
 */
export type UndoProgress = 'not begun' | 'running' | 'done' | 'parked' | 'failed';

export interface Described {
  readonly order: Order;
  readonly name: string;
  readonly executionArn: string;
  readonly undoMachineArn: string;
}

/** @throws NotStarted, and ContractViolation for a result that breaks the schema */
export async function describe<Output>(
  stepFunctions: SFNClient,
  described: Described,
  schema: Schema<unknown, Output> | undefined,
): Promise<Description<Output>> {
  const { order, executionArn } = described;
  const execution = await describeExecution(stepFunctions, executionArn);
  if (!execution) throw new NotStarted(order, executionArn);
  const { startDate = new Date(0), stopDate } = execution;
  const ended = endOf(execution);
  const facts = {
    id: order.id,
    executionArn,
    startedAt: startDate,
    ...(ended && stopDate ? { stoppedAt: stopDate } : {}),
  };
  if (!ended) return { ...facts, status: 'running' };
  if (ended.status === 'SUCCEEDED') {
    const end = await readEnd(order, ended, schema);
    return { ...facts, status: end.status, end };
  }
  const failure = failureOf(order, ended.status, ended);
  const undo = await undoProgress(stepFunctions, described, execution, failure);
  return { ...facts, status: FAILED_AS[ended.status], failure, undo };
}

const FAILED_AS = { FAILED: 'failed', TIMED_OUT: 'timed out', ABORTED: 'stopped' } as const;

async function undoProgress(
  stepFunctions: SFNClient,
  { undoMachineArn, name }: Described,
  { redriveCount = 0 }: DescribeExecutionCommandOutput,
  { compensated, parked }: WorkflowFailed,
): Promise<UndoProgress> {
  if (compensated) return 'done';
  if (parked) return 'parked';
  const undo = await describeExecution(stepFunctions, undoExecutionArnOf(undoMachineArn, name, redriveCount));
  switch (undo?.status) {
    case undefined:
      return 'not begun';
    case 'SUCCEEDED':
      return 'done';
    case 'FAILED':
      return 'parked';
    case 'TIMED_OUT':
    case 'ABORTED':
      return 'failed';
    default:
      return 'running';
  }
}
