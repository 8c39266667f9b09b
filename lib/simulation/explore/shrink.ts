import type { PlannedFault } from '../faults/fault.ts';
import type { Simulation } from '../simulation.ts';
import { again } from './again.ts';
import type { Finding } from './finding.ts';

/**
 * The fewest faults, and the fewest orders, that still contradict the same invariant: leaves out half of them, then
 * fewer at a time, for as long as that goes (delta debugging, Zeller 1999).
 */
export async function shrink(simulation: Simulation, finding: Finding): Promise<Finding> {
  const names = new Set(finding.violations.map(({ invariant }) => invariant));
  const still = async (candidate: Finding): Promise<Finding | undefined> => {
    const { violations } = await again(simulation, candidate);
    const same = violations.filter(({ invariant }) => names.has(invariant));
    return same.length > 0 ? { ...candidate, violations: same } : undefined;
  };
  let best = finding;
  for (const order of finding.orders) {
    if (best.orders.length <= 1) break;
    const fewer = { ...best, orders: best.orders.filter(({ id }) => id !== order.id) };
    best = (await still(fewer)) ?? best;
  }
  for (let size = Math.ceil(best.faults.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.faults.length; ) {
      const faults = without(best.faults, from, size);
      const fewer = await still({ ...best, faults });
      if (fewer) best = fewer;
      else from += size;
    }
  }
  return best;
}

const without = (faults: readonly PlannedFault[], from: number, count: number): readonly PlannedFault[] => [
  ...faults.slice(0, from),
  ...faults.slice(from + count),
];
