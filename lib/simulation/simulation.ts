import { type Deployable, type Deployment, deploy } from './deployment.ts';
import type { Invariant, Judged } from './invariants/invariant.ts';
import { PROTOCOL_INVARIANTS } from './invariants/protocol.ts';
import type { Violation } from './world/evidence.ts';
import { type Order, type RunOptions, World } from './world/world.ts';

export type { RunOptions } from './world/world.ts';

/** The world in which a workflow is simulated: orders, what they meet, and what has to hold. */
export interface SimulatedWorld extends Pick<Deployable, 'providers' | 'tables' | 'aws'> {
  /** Makes inputs of the workflow from an order's id, by what becomes of them when nothing goes wrong: `card declined`. */
  readonly paths: Readonly<Record<string, (id: string) => unknown>>;
  /** What has to hold at the end of every run, beside what the protocol promises. */
  readonly invariants?: readonly Invariant[];
}

/** A workflow to be simulated, with its atoms and its world. */
export interface SimulationDefinition extends SimulatedWorld, Deployable {}

/** One run, and all that is wrong with it. */
export interface Run extends Judged {
  readonly violations: readonly Violation[];
}

/**
 * A workflow in virtual time: its compiled state machines and its real atoms over simulated Step Functions, SQS, Lambda,
 * DynamoDB and providers. Every run begins in a fresh world.
 *
 * @example
 * const simulation = new Simulation({ workflow: fulfilOrder, atoms: [chargePayment], paths: { paid: (id) => ({ … }) } });
 * const { violations } = await simulation.run([simulation.order('paid')]);
 * @throws AtomTestError when an atom of the workflow is missing
 */
export class Simulation {
  readonly paths: SimulatedWorld['paths'];
  readonly deployment: Deployment;
  readonly #invariants: readonly Invariant[];

  constructor(definition: SimulationDefinition) {
    this.paths = definition.paths;
    this.deployment = deploy(definition);
    this.#invariants = [...PROTOCOL_INVARIANTS, ...(definition.invariants ?? [])];
  }

  /**
   * Runs orders in one world until nothing is to happen any more, and looks what is wrong.
   * @throws AtomTestError for what no deployed atom could do, and for what nobody plays
   */
  async run(orders: readonly Order[], options: RunOptions = {}): Promise<Run> {
    const run = await new World(this.deployment, options).run(orders);
    const violations = [...run.violations];
    for (const { name, check } of this.#invariants) {
      for (const what of check(run)) violations.push({ invariant: name, what });
    }
    return { ...run, violations };
  }

  /** One order on one of the paths. @throws RangeError when there is no such path */
  order(path: string, id = 'order'): Order & { readonly path: string } {
    const inputOf = Object.hasOwn(this.paths, path) ? this.paths[path] : undefined;
    if (inputOf) return { id, path, input: inputOf(id) };
    throw new RangeError(`There is no path "${path}". There are: ${Object.keys(this.paths).join(', ')}.`);
  }
}
