import { type PlannedFault, PlannedFaults } from '../faults/fault.ts';
import type { Run, RunOptions, Simulation } from '../simulation.ts';
import type { Finding } from './finding.ts';

/** Which of the faults that were planned struck nothing in a run: it reaches no such point, or they do not fit there. */
export const missedBy = ({ struck }: Pick<Run, 'struck'>, faults: readonly PlannedFault[]): readonly PlannedFault[] =>
  faults.filter((fault) => !struck.some(({ at, kind }) => at === fault.at && kind === fault.kind));

/** Runs a finding again: the same seed, orders and faults give the same run. */
export const again = (
  simulation: Simulation,
  { orders, seed, disorder, faults }: Finding,
  options: Pick<RunOptions, 'tell'> = {},
): Promise<Run> => simulation.run(orders, { seed, disorder, faults: new PlannedFaults(faults), ...options });
