import { CompensatedPrefix } from '../../contract/index.ts';
import type { Execution } from '../step-functions/execution.ts';
import type { SimulatedOrder } from '../world/evidence.ts';

/** A step that a person has to decide about. */
export interface Parked {
  readonly step: string;
  readonly verb: string;
  readonly error?: string;
}

/** What became of an order, all in all. */
export interface Ending {
  readonly kind: 'succeeded' | 'declined' | 'failed' | 'unfinished';
  readonly parked: readonly Parked[];
  /** Whether its effects stay, are undone, or wait for a person to decide about all of them. */
  readonly effects: 'stay' | 'undone' | 'undecided';
}

/** The end of an order, its undo machine's included. */
export function endingOf({ execution, undo }: SimulatedOrder): Ending {
  const { status, failure, output } = execution;
  if (status === 'SUCCEEDED') {
    const { status: kind } = output as { status: 'succeeded' | 'declined' };
    return { kind, parked: [], effects: kind === 'succeeded' ? 'stay' : 'undone' };
  }
  const ended = compensatedItself(execution) ? failure : undo && undoEnd(undo);
  if (status === 'RUNNING' || !ended) return { kind: 'unfinished', parked: [], effects: 'undone' };
  const parked = parkedIn(ended.cause);
  const reason = parked.find(({ error }) => error === 'PastPivot' || error === 'PivotUnknown')?.error;
  // Others were told: what was done for them stays. Where nobody knows whether they were, nothing can be said.
  const effects = reason === 'PastPivot' ? 'stay' : reason === 'PivotUnknown' ? 'undecided' : 'undone';
  return { kind: 'failed', parked, effects };
}

function undoEnd(undo: Execution): { readonly cause: string } | undefined {
  if (undo.status === 'SUCCEEDED') return { cause: '{}' };
  return compensatedItself(undo) ? undo.failure : undefined;
}

const compensatedItself = ({ failure }: Execution): boolean =>
  failure !== undefined && Object.values(CompensatedPrefix).some((prefix) => failure.error.startsWith(prefix));

const parkedIn = (cause: string): readonly Parked[] =>
  (JSON.parse(cause) as { parked?: readonly Parked[] }).parked ?? [];
