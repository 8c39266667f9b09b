import { type AnyContract, contractId } from '../contract/index.ts';
import {
  again,
  Coverage,
  type Exploration,
  exhaust,
  type Finding,
  type SimulatedWorld,
  type SimulationDefinition,
  swarm,
} from '../simulation/index.ts';
import { nodesOf, type Workflow } from '../workflow/index.ts';
import { adviceFor } from './exactness/advice.ts';
import { nothingWrong } from './exactness/invariants.ts';
import { undescribedProviders } from './exactness/played.ts';
import { isReplayOf, replayCommand } from './exactness/replay.ts';
import { Notes, REACHES_NOTHING_ELSE, watched } from './exactness/watched.ts';
import { WatchedSimulation } from './exactness/watched-simulation.ts';
import type { RunnableAtom } from './step-run.ts';

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

/**
 * Runs a workflow in virtual time, with nothing to set up: its compiled state machines and its real atoms, over simulated
 * Step Functions, SQS, Lambda, DynamoDB and providers, one order a path under everything that can go wrong at every
 * point. Whatever happens, every order ends, every effect happens at most once, and after a failure every effect is
 * undone, in order, once; with `invariants` your own hold as well. A provider that is not among `providers` takes what it
 * is sent, once a key, and answers what the asking atom's output needs.
 *
 * Set BREAKWATER_REPLAY, as a finding says it, to run that again and nothing else.
 *
 * @example
 * test('orders are exact, whatever goes wrong', async () => {
 *   const tested = await testWorkflow(fulfilOrder, {
 *     atoms: [reserveInventory, releaseInventory, chargePayment, refundPayment],
 *     paths: { fulfilled: (orderId) => ({ orderId, card: 'tok_visa' }) },
 *     tables: { inventory: [{ sku: 'mug', available: 5 }] },
 *   });
 *   console.log(String(tested));
 *   expect(tested.never).toEqual([]);
 * });
 * @throws ExactnessError for the first run in which something is wrong
 * @throws AtomTestError when an atom is missing, or asks for something that is not played
 */
export async function testWorkflow<Input, Output>(
  workflow: Workflow<Input, Output>,
  options: WorkflowTestOptions<NoInfer<Input>>,
): Promise<WorkflowTest> {
  const { depth = 'singles', every = 1, swarm: wanted = 0, seed = 1 } = options;
  const simulation = simulated(workflow, options);
  const coverage = new Coverage(simulation.deployment.machines);
  const replay = isReplayOf(workflow.plan.name);
  if (replay) return replayed(simulation, workflow, replay, coverage);
  // What goes wrong by itself is told before what it takes a fault for.
  for (const path of Object.keys(options.paths)) await refuse(simulation, workflow, await simulation.plainly(path));
  const explorations = [await exhaust(simulation, { depth: 'singles', findings: 1, coverage })];
  await refuse(simulation, workflow, explorations[0]);
  if (depth === 'pairs') {
    explorations[0] = await exhaust(simulation, { depth, every, findings: 1, coverage });
    await refuse(simulation, workflow, explorations[0]);
  }
  if (wanted > 0) {
    explorations[1] = await swarm(simulation, { orders: wanted, seed, findings: 1, coverage });
    await refuse(simulation, workflow, explorations[1]);
  }
  return tested(workflow, explorations, coverage);
}

function simulated<Input>(workflow: Workflow<Input>, options: WorkflowTestOptions<Input>): WatchedSimulation {
  const { atoms, paths, providers = [], tables, aws, environment, invariants = [] } = options;
  const notes = new Notes([REACHES_NOTHING_ELSE]);
  const erased = workflow as Workflow;
  return new WatchedSimulation(
    {
      workflow: erased,
      atoms: atoms.map((atom) => watched(atom as unknown as RunnableAtom, notes, undefined)),
      paths: paths as SimulatedWorld['paths'],
      providers: [...providers, ...undescribedProviders(erased, providers, notes)],
      ...(tables && { tables }),
      ...(aws && { aws }),
      ...(environment && { environment }),
      invariants: [nothingWrong('any'), ...invariants],
    },
    notes,
  );
}

/** @throws ExactnessError if there is a finding */
async function refuse(
  simulation: WatchedSimulation,
  { plan, contracts }: Pick<Workflow, 'plan' | 'contracts'>,
  exploration: Pick<Exploration, 'findings'> | undefined,
): Promise<void> {
  const found = exploration?.findings[0];
  if (!found) return;
  const step = /\/([\w-]+)/.exec(found.violations[0]?.what ?? '')?.[1];
  throw await simulation.explained(found, {
    subject: plan.name,
    adviceOn: (invariant) => adviceFor(invariant, contractOf(plan, contracts, step)),
    replay: (finding) => replayCommand(plan.name, finding),
  });
}

function contractOf(
  { body }: Workflow['plan'],
  contracts: Workflow['contracts'],
  step: string | undefined,
): AnyContract | undefined {
  for (const node of nodesOf(body)) {
    if (node.name !== step || (node.kind !== 'step' && node.kind !== 'send')) continue;
    const { name, version } = node.atom;
    return contracts.get(contractId({ name, version }));
  }
  return undefined;
}

/** One finding, once more. */
async function replayed(
  simulation: WatchedSimulation,
  workflow: Pick<Workflow, 'plan' | 'contracts'>,
  finding: Finding,
  coverage: Coverage,
): Promise<WorkflowTest> {
  const run = await again(simulation, finding);
  coverage.add(run);
  const { violations } = run;
  await refuse(simulation, workflow, { findings: violations.length > 0 ? [{ ...finding, violations }] : [] });
  return tested(workflow, [{ schedules: 1, orders: finding.orders.length, findings: [] }], coverage);
}

function tested(
  { plan }: Pick<Workflow, 'plan'>,
  explorations: readonly Exploration[],
  coverage: Coverage,
): WorkflowTest {
  const all = coverage.all;
  const never = coverage.never;
  const exercised = all.filter((each) => !never.includes(each));
  const schedules = explorations.reduce((sum, each) => sum + each.schedules, 0);
  const orders = explorations.reduce((sum, each) => sum + each.orders, 0);
  const count = (what: string, kind: RegExp): string => {
    const of = all.filter((each) => kind.test(each));
    return `${of.filter((each) => !never.includes(each)).length} of ${of.length} ${what}`;
  };
  const text = [
    `${plan.name}: ${schedules} schedules, ${orders} orders, nothing wrong.`,
    `Exercised: ${[count('states', /^\S+$/), count('retriers', / Retry\[/), count('catches', / Catch\[/)].join(', ')}.`,
    ...(never.length > 0 ? ['Never:', ...never.map((each) => `  ${each}`)] : []),
  ].join('\n');
  return { schedules, orders, exercised, never, toString: () => text };
}
