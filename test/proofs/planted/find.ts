import { exhaust, type Finding, type Simulation, swarm } from '../../../lib/simulation/index.ts';

/** How a bug was found. */
export interface Found {
  readonly by: 'a single fault' | 'a pair of faults' | 'a swarm';
  /** How many schedules it took. */
  readonly schedules: number;
  readonly finding: Finding;
}

/** No bug may need more. */
const PAIRS_EVERY = 7;
const SWARM_ORDERS = 20_000;

/** Looks for the first violation: under single faults, then pairs, then swarms. */
export async function find(simulation: Simulation): Promise<Found | undefined> {
  const singles = await exhaust(simulation, { depth: 'singles', findings: 1 });
  if (singles.findings[0]) return { by: 'a single fault', schedules: singles.schedules, finding: singles.findings[0] };
  const many = await swarm(simulation, { orders: SWARM_ORDERS / 4, seed: 1, findings: 1 });
  let schedules = singles.schedules + many.schedules;
  if (many.findings[0]) return { by: 'a swarm', schedules, finding: many.findings[0] };
  const pairs = await exhaust(simulation, { depth: 'pairs', every: PAIRS_EVERY, findings: 1 });
  schedules += pairs.schedules;
  if (pairs.findings[0]) return { by: 'a pair of faults', schedules, finding: pairs.findings[0] };
  const more = await swarm(simulation, { orders: SWARM_ORDERS, seed: 1_000_000, findings: 1 });
  schedules += more.schedules;
  return more.findings[0] && { by: 'a swarm', schedules, finding: more.findings[0] };
}
