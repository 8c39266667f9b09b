import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { majorId } from '../../contract/index.ts';
import type { SimulationDefinition } from '../../simulation/index.ts';
import { discover } from '../../stacks/index.ts';
import { openTrial, type TrialOptions, type WorkflowTrial } from '../../testing/index.ts';

/** The files that a workflow's simulation is made of. */
export interface SimulationSource {
  readonly workflow: { readonly file: string; readonly exportName: string };
  /** Says in which world it is simulated: beside the workflow. */
  readonly world: string;
  /** Handlers of the atoms that it uses. */
  readonly handlers: readonly string[];
}

/** A workflow cannot be simulated. The message says what to change. */
export class SimulationSourceError extends Error {
  override readonly name = 'SimulationSourceError';
}

/**
 * Finds what a workflow's simulation is made of, by the house's folders.
 * @param root the folder that holds lambdas and state-machines
 * @throws SimulationSourceError when there is no such workflow, or nothing beside it says how to simulate it
 */
export function simulationSource(root: string, name: string): SimulationSource {
  const { workflows, atoms } = discover(root);
  const found = workflows.find(({ workflow }) => workflow.plan.name === name);
  if (!found) {
    const known = workflows.map(({ workflow }) => workflow.plan.name).join(', ') || 'none';
    throw new SimulationSourceError(`There is no workflow "${name}". There are: ${known}.`);
  }
  const world = join(dirname(found.file), 'simulation.ts');
  if (!existsSync(world)) {
    throw new SimulationSourceError(
      `${name} has no simulation.ts beside its workflow.ts. Write one that exports \`simulation\`: docs/simulation.md shows how, state-machines/orders/fulfil-order/simulation.ts is an example.`,
    );
  }
  const used = new Set([...found.workflow.contracts.values()].map(majorId));
  return {
    workflow: { file: found.file, exportName: found.exportName },
    world,
    handlers: atoms.filter(({ contract }) => used.has(majorId(contract))).map(({ file }) => file),
  };
}

/**
 * Loads a workflow with its real handlers.
 * @param watch whether the handlers are watched, for what they threw: it takes time in every run
 * @throws SimulationSourceError; AtomTestError where its world does not fit it; what the files themselves throw
 */
export async function loadSimulation(root: string, name: string, { watch = false } = {}): Promise<WorkflowTrial> {
  const { workflow, world, handlers } = simulationSource(root, name);
  const load = async (file: string): Promise<Record<string, unknown>> => import(pathToFileURL(file).href);
  const [loaded, { simulation }, ...atoms] = await Promise.all([
    load(workflow.file),
    load(world),
    ...handlers.map(load),
  ]);
  if (!simulation) throw new SimulationSourceError(`${world} exports no \`simulation\`.`);
  return openTrial(loaded?.[workflow.exportName] as SimulationDefinition['workflow'], {
    ...(simulation as Omit<TrialOptions<unknown>, 'atoms'>),
    atoms: atoms.map(({ handler }) => handler as SimulationDefinition['atoms'][number]),
    watch,
  });
}
