import type { SimulationDefinition } from '../simulation/index.ts';

/** What a workflow is tried with. */
export interface WorkflowTestOptions<Input = unknown>
  extends Pick<SimulationDefinition, 'atoms' | 'providers' | 'tables' | 'aws' | 'environment' | 'invariants'> {
  /** Makes inputs from an order's id, by what becomes of them when nothing goes wrong: `fulfilled`, `card declined`. */
  readonly paths: Readonly<Record<string, (id: string) => Input>>;
  /** One order a path under every single fault, or under every pair of faults as well. Singles when left out. */
  readonly depth?: 'singles' | 'pairs';
  /** Of the pairs, only every so-manieth, spread evenly. All when left out. */
  readonly every?: number;
  /** How many orders to run beside, many at a time, with faults by chance. None when left out. */
  readonly swarm?: number;
  /** Of the swarm: the same seed gives the same runs. 1 when left out. */
  readonly seed?: number;
}

/** What a workflow went through. */
export interface WorkflowTest {
  /** Runs, each with faults of its own. */
  readonly schedules: number;
  readonly orders: number;
  /** What of the state machines was exercised: `fulfil-order/payment`, `fulfil-order/payment Retry[0]`, `… Catch[1]`. */
  readonly exercised: readonly string[];
  /** And what never. */
  readonly never: readonly string[];
  /** The same, to be read. */
  toString(): string;
}
