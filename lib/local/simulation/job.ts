import { Coverage, type Exploration, exhaust, type Simulation, type Slice, swarm } from '../../simulation/index.ts';

/** A part of the work that a worker does by itself. */
export type Job =
  | {
      readonly kind: 'exhaust';
      readonly depth: 'singles' | 'pairs';
      readonly paths?: readonly string[];
      readonly every?: number;
    }
  | {
      readonly kind: 'swarm';
      readonly orders: number;
      readonly seed: number;
      readonly paths?: readonly string[];
    };

/** What a job came to. */
export interface Explored extends Exploration {
  /** States, retriers and catches that were exercised, and those that never were. */
  readonly exercised: readonly string[];
  readonly never: readonly string[];
}

/** More findings than these say the same. */
const ENOUGH = 20;

/** Does one slice of a job. */
export async function perform(
  simulation: Simulation,
  job: Job,
  slice: Slice,
  onProgress: (done: number) => void,
): Promise<Explored> {
  const coverage = new Coverage(simulation.deployment.machines);
  const options = { ...job, slice, coverage, findings: ENOUGH, onProgress };
  const explored = await (options.kind === 'swarm' ? swarm(simulation, options) : exhaust(simulation, options));
  return { ...explored, exercised: coverage.seen, never: coverage.never };
}
