import { isFindable } from '../contract/index.ts';
import { type Atom, find } from './handler.ts';
import type { Outcome } from './outcome.ts';
import type { StepRecord } from './record.ts';
import { SKEW } from './stores.ts';

/** What the provider says of a step whose outcome is unknown. */
export type LookedUp =
  | { readonly outcome: Outcome }
  /** Nothing is there. It counts only if nothing could be under way any more when it was asked. */
  | { readonly outcome?: undefined; readonly definite: boolean; readonly definiteFrom: number };

/**
 * Asks the provider what became of the attempts of a step.
 * @param record taken by whoever asks, so that nobody attempts meanwhile
 * @throws as the atom's `find`; ContractBroken for an answer that breaks the contract
 */
export async function lookUp(atom: Atom, input: unknown, record: StepRecord, correlationId: string): Promise<LookedUp> {
  // Before it is asked: what an answer does not know of may have come to the provider while it was on its way.
  const asked = Date.now();
  const outcome = await find(atom, input, { key: record, attempt: record.attempts ?? 1, correlationId });
  if (outcome) return { outcome };
  const definiteFrom = quietFrom(atom, record, asked);
  return { definite: asked > definiteFrom, definiteFrom };
}

/** From when on no attempt can be on its way to its effect any more: the end of the last one's lease, and quietAfter. */
function quietFrom({ contract: { effect } }: Atom, { attemptEnds }: StepRecord, asked: number): number {
  const quietAfter = isFindable(effect) ? effect.quietAfter.milliseconds : 0;
  return (attemptEnds ?? asked) + quietAfter + SKEW;
}
