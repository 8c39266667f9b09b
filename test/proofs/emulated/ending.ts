import type { ExecutionState } from '../../../lib/local/access/index.ts';
import { type Harness, type PlacedOrder, WORKFLOW } from '../../integration/harness.ts';

/** What became of an order on the emulator. */
export interface EmulatedEnd {
  readonly kind: 'succeeded' | 'declined' | 'failed' | 'unfinished';
  /** `payment CardDeclined` of what was declined, the error of what failed. */
  readonly detail: string;
  /** Whether something waits for a person. */
  readonly parked: boolean;
}

/** The end of an order, its undo machine's included where it did not compensate itself. */
export async function endOf(harness: Harness, { eventId }: Pick<PlacedOrder, 'eventId'>): Promise<EmulatedEnd> {
  const state = await harness.app.execution(WORKFLOW, eventId);
  if (!state || state.status === 'RUNNING') return unfinished(state?.status ?? 'never started');
  const end = endOfMain(state);
  if (end) return end;
  const undo = await harness.app.undoExecution(WORKFLOW, eventId);
  if (undo?.status === 'SUCCEEDED') return { kind: 'failed', detail: state.status, parked: false };
  return undo && undo.status !== 'RUNNING'
    ? { kind: 'failed', detail: undo.error ?? undo.status, parked: undo.error?.startsWith('Parked.') ?? false }
    : unfinished(state.status);
}

function endOfMain({ status, output, error = '' }: ExecutionState): EmulatedEnd | undefined {
  if (status === 'SUCCEEDED') {
    const { status: kind, failure } = output as Ended;
    return { kind, detail: failure ? `${failure.step} ${failure.name}` : '', parked: false };
  }
  if (error.startsWith('Compensated.')) return { kind: 'failed', detail: error, parked: false };
  return error.startsWith('Parked.') ? { kind: 'failed', detail: error, parked: true } : undefined;
}

interface Ended {
  readonly status: 'succeeded' | 'declined';
  readonly failure?: { readonly step: string; readonly name: string };
}

const unfinished = (detail: string): EmulatedEnd => ({ kind: 'unfinished', detail, parked: false });
