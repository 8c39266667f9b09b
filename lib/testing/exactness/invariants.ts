import { isDeepStrictEqual } from 'node:util';
import { endingOf, type Invariant, type Item, type Run } from '../../simulation/index.ts';

/** What an order of a trial comes to as long as nothing goes wrong. `any` is no failure. */
export type Promised = 'succeeded' | 'declined' | 'undone' | 'any';

/** Orders come to what they are for when nothing goes wrong. */
export const nothingWrong = (promised: Promised): Invariant => ({
  name: WORKS,
  *check(run) {
    if (run.struck.length > 0) return;
    for (const order of run.orders) {
      const { kind, parked } = endingOf(order);
      const wanted = WANTED[promised];
      if (parked.length > 0) {
        yield `${parked.map(({ step, verb }) => `${verb} of ${step}`).join(', ')} failed in every attempt, and waits for a person.`;
      } else if (!wanted.includes(kind)) {
        const { failure } = order.execution;
        yield `It ${kind}${failure ? ` with ${failure.error}` : ''} where it should have ${wanted.join(' or ')}.`;
      }
    }
  },
});

const WANTED: Readonly<Record<Promised, readonly string[]>> = {
  succeeded: ['succeeded'],
  declined: ['declined'],
  undone: ['declined'],
  any: ['succeeded', 'declined'],
};

export const WORKS = 'it works when nothing goes wrong';

/** What was there before a step is as it was, once the step is undone. */
export const restored = (
  before: Readonly<Record<string, readonly Item[]>>,
  keys: Readonly<Record<string, readonly string[]>>,
  mayDiffer: readonly string[],
): Invariant => ({
  name: RESTORED,
  *check(run) {
    for (const order of run.orders) {
      const { effects, kind, parked } = endingOf(order);
      if (effects !== 'undone' || kind === 'unfinished' || parked.length > 0) continue;
      for (const [table, items] of Object.entries(before)) {
        for (const item of items) {
          const now = (run as Run).tables[table]?.find((each) =>
            (keys[table] ?? []).every((key) => isDeepStrictEqual(each[key], item[key])),
          );
          const names = Object.keys({ ...item, ...now }).filter((name) => !mayDiffer.includes(name));
          const changed = names.filter((name) => !isDeepStrictEqual(now?.[name], item[name]));
          if (changed.length === 0) continue;
          const shown = (of: Item | undefined): string =>
            of ? JSON.stringify(Object.fromEntries(changed.map((name) => [name, of[name]]))) : 'nothing';
          yield `In ${table}, ${JSON.stringify(Object.fromEntries((keys[table] ?? []).map((key) => [key, item[key]])))} had ${shown(item)} before, and has ${shown(now)} when it is undone.`;
        }
      }
    }
  },
});

export const RESTORED = 'what was there before is as it was when it is undone';
