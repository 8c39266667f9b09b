import { type PlannedFault, PlannedFaults, type Point } from '../faults/fault.ts';
import { forManyRuns } from '../process/many-runs.ts';
import type { Run, Simulation } from '../simulation.ts';
import type { Coverage } from './coverage.ts';
import { type Exploration, type Finding, type Slice, WHOLE } from './finding.ts';

export interface ExhaustOptions {
  /** Every single fault, or every pair of faults as well. */
  readonly depth: 'singles' | 'pairs';
  /** Paths by name; all when left out. */
  readonly paths?: readonly string[];
  /** Of the first faults, only these. All when left out. */
  readonly slice?: Slice;
  /** Of the pairs, only every so-manieth, spread evenly. All when left out. */
  readonly every?: number;
  /** Ends after so many findings. All are looked for when left out. */
  readonly findings?: number;
  /** Told of every run. */
  readonly coverage?: Pick<Coverage, 'add'>;
  onProgress?(schedules: number): void;
}

/**
 * Runs one order a path under every single fault at every point that it reaches; then under every pair, the second at
 * every point that is reached once the first has struck: in a retry, in a settlement, on the way back. Pairs in the
 * other order are met where the second is the first.
 */
export const exhaust = (simulation: Simulation, options: ExhaustOptions): Promise<Exploration> =>
  forManyRuns(() => explore(simulation, options));

async function explore(simulation: Simulation, options: ExhaustOptions): Promise<Exploration> {
  const { depth, paths = Object.keys(simulation.paths), slice = WHOLE, every = 1, coverage } = options;
  const findings: Finding[] = [];
  let schedules = 0;
  let pairs = 0;
  const enough = (): boolean => findings.length >= (options.findings ?? Number.POSITIVE_INFINITY);

  for (const path of paths) {
    const orders = [simulation.order(path)];
    const run = async (faults: readonly PlannedFault[]): Promise<Run> => {
      const result = await simulation.run(orders, { faults: new PlannedFaults(faults) });
      // Every slice needs the run without faults; one of them counts it.
      if (faults.length === 0 && slice.index !== 0) return result;
      schedules += 1;
      coverage?.add(result);
      const { violations } = result;
      if (violations.length > 0) findings.push({ orders, seed: 1, disorder: false, faults, violations });
      options.onProgress?.(schedules);
      return result;
    };
    const { points } = await run([]);
    for (const [index, first] of faultsAt(points).entries()) {
      if (index % slice.of !== slice.index) continue;
      if (enough()) return { schedules, orders: schedules, findings };
      const single = await run([first]);
      // What is wrong with one fault need not be looked for with two.
      if (depth === 'singles' || single.violations.length > 0) continue;
      const after = single.points.slice(single.points.findIndex(({ id }) => id === first.at) + 1);
      for (const second of faultsAt(after)) {
        pairs += 1;
        if (pairs % every === 0 && !enough()) await run([first, second]);
      }
    }
  }
  return { schedules, orders: schedules, findings };
}

const faultsAt = (points: readonly Point[]): readonly PlannedFault[] =>
  points.flatMap(({ id, kinds }) => kinds.map((kind) => ({ at: id, kind })));
