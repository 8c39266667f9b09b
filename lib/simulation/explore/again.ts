import { PlannedFaults } from '../faults/fault.ts';
import type { Run, RunOptions, Simulation } from '../simulation.ts';
import type { Finding } from './finding.ts';

/** Runs a finding again: the same seed, orders and faults give the same run. */
export const again = (
  simulation: Simulation,
  { orders, seed, disorder, faults }: Finding,
  options: Pick<RunOptions, 'tell'> = {},
): Promise<Run> => simulation.run(orders, { seed, disorder, faults: new PlannedFaults(faults), ...options });
