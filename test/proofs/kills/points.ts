import {
  type CallFilter,
  draws,
  type FaultProxy,
  first,
  type Injection,
  kill,
  loseAnswer,
} from '../../faults/index.ts';
import type { Harness } from '../../integration/harness.ts';

/** A call of AWS or of a provider, at which a worker can die. */
interface Point extends CallFilter {
  readonly name: string;
  /** So many come by for each order at least, on the average: one when left out. Kills are aimed at these. */
  readonly anOrder?: number;
}

const UPDATE = 'dynamodb.UpdateItem';

/** Of the step protocol, in the order in which a step comes by them. */
const POINTS: readonly Point[] = [
  { name: 'claim', operation: UPDATE, body: /attempts = if_not_exists\(attempts/ },
  { name: 'provider call', operation: /^http\.POST/ },
  { name: 'record of the outcome', operation: UPDATE, body: /outcome = :outcome/ },
  { name: 'TransactWriteItems', operation: 'dynamodb.TransactWriteItems' },
  { name: 'read of a record', operation: 'dynamodb.GetItem', anOrder: 0.8 },
  { name: 'take-over by the settlement', operation: UPDATE, body: /fencing = :yes/, anOrder: 0.05 },
  { name: 'SendTaskSuccess', operation: 'states.SendTaskSuccess' },
  { name: 'SendTaskFailure', operation: 'states.SendTaskFailure', anOrder: 0.4 },
];

/** Where the worker has its message's own order in the call, so that the message can be found and sent again. */
const AT_WORK: readonly CallFilter[] = [
  { operation: UPDATE, body: /attempts = if_not_exists\(attempts/ },
  { operation: 'dynamodb.TransactWriteItems' },
];

const ATOMS = /-v\d+$/;

export interface Shares {
  /** Workers killed on each side of each point, as a share of the orders. */
  readonly kills: number;
  /** Messages sent once more, as a share of the orders. */
  readonly duplicates: number;
  /** Answers lost, as a share of all calls of the atoms. */
  readonly lostAnswers: number;
}

/** What was done to the workers, by name. */
export interface Struck {
  readonly name: string;
  readonly injections: readonly Injection[];
  /** Calls that came by. */
  readonly calls: () => number;
}

/** Faults at calls that a seed chooses among those that are sure to come. */
export class Faults {
  readonly kills: readonly Struck[];
  readonly duplicates: Struck;
  readonly lostAnswers: Struck;

  constructor(harness: Harness, { orders, seed, shares }: { orders: number; seed: number; shares: Shares }) {
    const { faults } = harness;
    const draw = draws(seed);
    this.duplicates = duplicates(harness, Math.round(orders * shares.duplicates), orders, draw);
    this.kills = POINTS.flatMap((point) => kills(faults, point, orders, shares.kills, draw));
    const lost = faults.inject({ function: ATOMS, probability: shares.lostAnswers, seed, action: loseAnswer() });
    this.lostAnswers = { name: 'answers lost', injections: [lost], calls: () => countOf(faults, {}) };
  }

  end(): void {
    for (const { injections } of [...this.kills, this.duplicates, this.lostAnswers]) {
      for (const injection of injections) injection.remove();
    }
  }
}

export const hitsOf = ({ injections }: Struck): number => injections.reduce((sum, { hits }) => sum + hits, 0);

export const errorsOf = ({ injections }: Struck): readonly Error[] =>
  injections.flatMap(({ error }) => (error ? [error] : []));

const countOf = (faults: FaultProxy, filter: CallFilter): number => faults.calls({ function: ATOMS, ...filter }).length;

/** Before and after: never both at one call, where only the first would strike. */
function kills(
  faults: FaultProxy,
  { name, anOrder = 1, ...filter }: Point,
  orders: number,
  share: number,
  draw: () => number,
): readonly Struck[] {
  const among = Math.max(2, Math.floor(orders * anOrder));
  const count = Math.max(1, Math.min(Math.round(orders * share), Math.floor(among / 4)));
  const chosen = numbers(2 * count, among, draw);
  return (['before', 'after'] as const).map((when, side) => ({
    name: `${when} ${name}`,
    injections: chosen
      .slice(side * count, (side + 1) * count)
      .map((nth) => faults.inject({ function: ATOMS, ...filter, nth, action: kill(when) })),
    calls: () => countOf(faults, filter),
  }));
}

function duplicates(harness: Harness, count: number, orders: number, draw: () => number): Struck {
  const { faults } = harness;
  const injections = AT_WORK.flatMap((filter, index) =>
    numbers(Math.ceil(count / AT_WORK.length), orders, draw).map((nth) => {
      const afterSeconds = (index + nth) % 2 === 0 ? 0 : Math.ceil(draw() * 20);
      return faults.inject({
        function: ATOMS,
        ...filter,
        nth,
        action: first(async ({ function: queue, text }) => {
          const [, eventId = 'an order'] = /"fulfil-order:([\w-]+)"/.exec(text) ?? [];
          await harness.sendAgain(queue, { eventId }, afterSeconds);
        }),
      });
    }),
  );
  const calls = (): number => AT_WORK.reduce((sum, filter) => sum + countOf(faults, filter), 0);
  return { name: 'messages duplicated', injections, calls };
}

/** So many different numbers from 1 to `among`, as the draws decide. */
function numbers(count: number, among: number, draw: () => number): readonly number[] {
  const chosen = new Set<number>();
  while (chosen.size < Math.min(count, among)) chosen.add(1 + Math.floor(draw() * among));
  return [...chosen];
}
