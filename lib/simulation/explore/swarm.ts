import { SwarmFaults } from '../faults/swarm.ts';
import { forManyRuns } from '../process/many-runs.ts';
import type { Simulation } from '../simulation.ts';
import { Chance } from '../time/chance.ts';
import type { Order } from '../world/world.ts';
import type { Coverage } from './coverage.ts';
import { type Exploration, type Finding, type Slice, WHOLE } from './finding.ts';

export interface SwarmOptions {
  /** How many orders in all, over all slices. */
  readonly orders: number;
  readonly seed: number;
  /** Paths by name; all when left out. Most orders are on the first. */
  readonly paths?: readonly string[];
  readonly slice?: Slice;
  /** Ends after so many findings. All are looked for when left out. */
  readonly findings?: number;
  /** Told of every run. */
  readonly coverage?: Pick<Coverage, 'add'>;
  onProgress?(orders: number): void;
}

/** Orders that share one world: enough for batches and for queues that fill. */
const ORDERS_A_RUN = 40;
/** More runs than anybody makes of one seed. */
const SEEDS_APART = 1_000_000;
/** They arrive within a minute of virtual time. */
const ARRIVE_WITHIN = 60_000;

/** Many orders at a time on all paths, in disorder, each run with faults by chance from a seed of its own. */
export const swarm = (simulation: Simulation, options: SwarmOptions): Promise<Exploration> =>
  forManyRuns(() => explore(simulation, options));

async function explore(simulation: Simulation, options: SwarmOptions): Promise<Exploration> {
  const { orders: wanted, seed, paths = Object.keys(simulation.paths), slice = WHOLE, coverage } = options;
  const findings: Finding[] = [];
  let schedules = 0;
  let done = 0;
  const runs = Math.ceil(wanted / ORDERS_A_RUN);
  for (let index = slice.index; index < runs; index += slice.of) {
    const own = seed * SEEDS_APART + index;
    // Each draws from chance of its own: what comes, what goes wrong, how long things take.
    const orders = ordersOf(simulation, paths, 3 * own + 1);
    const run = await simulation.run(orders, { seed: own, faults: new SwarmFaults(3 * own + 2), disorder: true });
    coverage?.add(run);
    schedules += 1;
    done += orders.length;
    if (run.violations.length > 0) {
      findings.push({ orders, seed: own, disorder: true, faults: run.struck, violations: run.violations });
      if (findings.length >= (options.findings ?? Number.POSITIVE_INFINITY)) break;
    }
    options.onProgress?.(done);
  }
  return { schedules, orders: done, findings };
}

function ordersOf(simulation: Simulation, paths: readonly string[], seed: number): readonly Order[] {
  const chance = new Chance(seed);
  return Array.from({ length: ORDERS_A_RUN }, (_, index) => ({
    ...simulation.order(chance.happens(0.6) ? (paths[0] ?? '') : chance.pick(paths), `order-${index + 1}`),
    after: chance.below(ARRIVE_WITHIN),
  }));
}
