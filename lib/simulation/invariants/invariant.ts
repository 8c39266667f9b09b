import type { LedgerEntry } from '../../sandbox/index.ts';
import type { Plan } from '../../workflow/index.ts';
import type { Evidence, SimulatedOrder } from '../world/evidence.ts';
import { endingOf } from './ends.ts';

/** What an invariant is asked about. */
export interface Judged extends Evidence {
  readonly plan: Plan;
  /** What the providers know, by their names, in the order in which it happened. */
  readonly ledgers: Readonly<Record<string, readonly LedgerEntry[]>>;
}

/** Something that holds at the end of every run. */
export interface Invariant {
  /** As a sentence: "no effect happens twice". */
  readonly name: string;
  /** What contradicts it, each in a sentence; nothing when it holds. */
  check(run: Judged): Iterable<string>;
}

/**
 * An invariant in a line.
 *
 * @param check gives true where it holds, else what is wrong
 * @example
 * invariant('the books balance', ({ tables }) => total(tables.ledger) === 0 || `${total(tables.ledger)} are left over.`);
 */
export const invariant = (name: string, check: (run: Judged) => true | string): Invariant => ({
  name,
  *check(run) {
    const result = check(run);
    if (result !== true) yield result;
  },
});

/**
 * An invariant of each order, in a line.
 *
 * @param check is told whether the order's effects are to stay, or to be undone; orders of which something waits for a
 *   person are left out. Gives true where it holds, else what is wrong
 * @example
 * ofEachOrder('who pays gets a parcel', ({ id, stays }, { ledgers }) => parcels(ledgers.carrier, id) === (stays ? 1 : 0) || …);
 */
export const ofEachOrder = (
  name: string,
  check: (order: SimulatedOrder & { readonly stays: boolean }, run: Judged) => true | string,
): Invariant => ({
  name,
  *check(run) {
    for (const order of run.orders) {
      const { kind, parked, effects } = endingOf(order);
      const undecided = effects === 'undecided' || (effects === 'undone' && parked.length > 0);
      if (kind === 'unfinished' || undecided) continue;
      const result = check({ ...order, stays: effects === 'stay' }, run);
      if (result !== true) yield `${order.id}: ${result}`;
    }
  },
});
