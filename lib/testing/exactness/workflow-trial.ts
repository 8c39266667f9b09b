import { type AnyContract, contractId } from '../../contract/index.ts';
import {
  again,
  Coverage,
  type Exploration,
  exhaust,
  type Finding,
  type SimulatedWorld,
  swarm,
} from '../../simulation/index.ts';
import { nodesOf, type Workflow } from '../../workflow/index.ts';
import type { RunnableAtom } from '../step-run.ts';
import type { WorkflowTest, WorkflowTestOptions } from '../workflow-test.ts';
import { adviceFor } from './advice.ts';
import { nothingWrong } from './invariants.ts';
import { undescribedProviders } from './played.ts';
import { isReplayOf, replayCommand } from './replay.ts';
import { Notes, REACHES_NOTHING_ELSE, watched } from './watched.ts';
import { WatchedSimulation } from './watched-simulation.ts';

/** @throws as `testWorkflow` */
export async function tryWorkflow<Input, Output>(
  workflow: Workflow<Input, Output>,
  options: WorkflowTestOptions<Input>,
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
      providers: [...providers, ...undescribedProviders(erased, providers)],
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
