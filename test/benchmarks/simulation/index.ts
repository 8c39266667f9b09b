import { join } from 'node:path';
import { loadSimulation } from '../../../lib/local/simulation/index.ts';
import { exhaust, type Simulation, swarm } from '../../../lib/simulation/index.ts';
import type { Benchmark } from '../../proofs/finding.ts';
import { type Area, profiled } from './profile.ts';

const root = join(import.meta.dirname, '../../..');
const WORKFLOW = 'fulfil-order';

/** Orders of the swarm that a core is to manage in a second. */
const TARGET = 500;

/** What a kind of run came to, in its best round: other work of the machine only ever takes away. */
interface Speed {
  readonly what: string;
  readonly ordersASecond: number;
  /** Where something may go wrong: each call, message, task and state of an order. */
  readonly pointsAnOrder: number;
}

export const benchmark: Benchmark = {
  summary: 'How many orders a core simulates in a second, and where the time goes.',
  options: {
    orders: { description: 'in each round', default: 4_000, short: 1_000 },
    rounds: { description: 'of each kind, in turn; the best counts', default: 5, short: 2 },
  },
  run: async ({ orders, rounds }, progress) => {
    const simulation = await loadSimulation(root, WORKFLOW);
    const kinds = kindsOf(simulation, Number(orders));
    const best = new Map<string, Speed>();
    for (let round = 0; round <= Number(rounds); round += 1) {
      for (const [what, run] of Object.entries(kinds)) {
        progress(round === 0 ? `warming up: ${what}` : `round ${round} of ${rounds}: ${what}`);
        const speed = await timed(what, run);
        if (round > 0 && speed.ordersASecond > (best.get(what)?.ordersASecond ?? 0)) best.set(what, speed);
      }
    }
    progress('where the time goes');
    const areas = await profiled(root, () => swarm(simulation, { orders: Number(orders), seed: 1 }));
    const speeds = [...best.values()];
    const reached = best.get(SWARM)?.ordersASecond ?? 0;
    return {
      passed: reached >= TARGET,
      figures: Object.fromEntries(
        speeds.map(({ what, ordersASecond }) => [`orders a second a core, ${what}`, Math.round(ordersASecond)]),
      ),
      text: textOf(speeds, areas),
    };
  },
};

const SWARM = 'swarm';

/** @returns orders, and points in all */
type Timed = () => Promise<{ readonly orders: number; readonly points: number }>;

function kindsOf(simulation: Simulation, orders: number): Readonly<Record<string, Timed>> {
  const [path = ''] = Object.keys(simulation.paths);
  const counting = () => {
    let [count, points] = [0, 0];
    return {
      add: (run: { readonly orders: readonly unknown[]; readonly points: readonly unknown[] }): void => {
        count += run.orders.length;
        points += run.points.length;
      },
      counted: () => ({ orders: count, points }),
    };
  };
  return {
    'nothing goes wrong': async () => {
      const { add, counted } = counting();
      for (let seed = 1; seed <= orders / 40; seed += 1) {
        const forty = Array.from({ length: 40 }, (_, index) => ({
          ...simulation.order(path, `order-${index}`),
          after: index * 1_500,
        }));
        add(await simulation.run(forty, { seed, disorder: true }));
      }
      return counted();
    },
    'every single fault, an order at a time': async () => {
      const { add, counted } = counting();
      await exhaust(simulation, { depth: 'singles', paths: [path], coverage: { add } });
      return counted();
    },
    [SWARM]: async () => {
      const { add, counted } = counting();
      await swarm(simulation, { orders, seed: 1, coverage: { add } });
      return counted();
    },
  };
}

async function timed(what: string, run: Timed): Promise<Speed> {
  const begun = performance.now();
  const { orders, points } = await run();
  return { what, ordersASecond: (1_000 * orders) / (performance.now() - begun), pointsAnOrder: points / orders };
}

const textOf = (speeds: readonly Speed[], areas: readonly Area[]): string =>
  [
    `One thread. Points are where something may go wrong: each call of AWS or of a provider, each message, task and state.
Every retry, settlement and undo that follows from a fault has points of its own. The target is ${TARGET} orders of the
swarm a second.`,
    [
      '| | orders a second | points an order | µs a point |',
      '|---|---|---|---|',
      ...speeds.map(
        ({ what, ordersASecond, pointsAnOrder }) =>
          `| ${what} | ${Math.round(ordersASecond)} | ${pointsAnOrder.toFixed(1)} | ${(1e6 / ordersASecond / pointsAnOrder).toFixed(1)} |`,
      ),
    ].join('\n'),
    '### Where the time of the swarm goes',
    [
      '| | share | most of it |',
      '|---|---|---|',
      ...areas.map(({ name, share, most }) => `| ${name} | ${(100 * share).toFixed(0)} % | ${most.join(', ')} |`),
    ].join('\n'),
  ].join('\n\n');
