import { type AnyContract, check, contractId } from '../../contract/index.ts';
import {
  AtomTestError,
  again,
  Coverage,
  type Exploration,
  exhaust,
  type Finding,
  missedBy,
  type Run,
  type SimulatedWorld,
  swarm,
} from '../../simulation/index.ts';
import { nodesOf, type Workflow } from '../../workflow/index.ts';
import type { RunnableAtom } from '../step-run.ts';
import type { WorkflowTest, WorkflowTestOptions } from '../workflow-test.ts';
import { adviceFor } from './advice.ts';
import type { ExactnessError } from './exactness-error.ts';
import { nothingWrong } from './invariants.ts';
import { undescribedProviders } from './played.ts';
import { isReplayOf, replayCommand } from './replay.ts';
import { Notes, REACHES_NOTHING_ELSE, watched } from './watched.ts';
import { WatchedSimulation } from './watched-simulation.ts';

/** Of what is tried: the workflow's world, and whether its handlers are watched, which takes time in every run. */
export interface TrialOptions<Input> extends WorkflowTestOptions<Input> {
  /** Watched, they say what they threw, and what they write themselves. They are when left out. */
  readonly watch?: boolean;
}

/** A workflow in its world, and how what is found in it is told. */
export class WorkflowTrial extends WatchedSimulation {
  /** @throws AtomTestError when an atom is missing, or a provider is none of the workflow's */
  constructor(workflow: Workflow, { watch = true, ...options }: TrialOptions<unknown>) {
    const { atoms, paths, providers = [], tables, aws, environment, invariants = [] } = options;
    const notes = new Notes([REACHES_NOTHING_ELSE]);
    super(
      {
        workflow,
        atoms: watch ? atoms.map((atom) => watched(atom as unknown as RunnableAtom, notes, undefined)) : atoms,
        paths: paths as SimulatedWorld['paths'],
        providers: [...providers, ...undescribedProviders(workflow, providers)],
        ...(tables && { tables }),
        ...(aws && { aws }),
        ...(environment && { environment }),
        invariants: [nothingWrong('any'), ...invariants],
      },
      notes,
    );
  }

  /**
   * One order on a path with nothing going wrong, and what is wrong all the same.
   * @throws AtomTestError when the path's input is none of the workflow's
   */
  override async plainly(path: string): Promise<{ readonly run: Run; readonly findings: readonly Finding[] }> {
    const { workflow } = this.deployment;
    const checked = await check(workflow.input, this.paths[path]?.('order'));
    if (!checked.valid) {
      const places = checked.issues.map(({ path: place, message }) => `${place || 'the whole'}: ${message}`).join('; ');
      throw new AtomTestError(
        `The path "${path}" makes no input of ${workflow.plan.name}. ${places}. Mend it in paths: { … }.`,
      );
    }
    return super.plainly(path);
  }

  /** A finding with the fewest faults that it takes, told to people. @param replay the command that runs it again */
  told(found: Finding, replay: (finding: Finding) => string): Promise<ExactnessError> {
    const { plan, contracts } = this.deployment.workflow;
    const step = /\/([\w-]+)/.exec(found.violations[0]?.what ?? '')?.[1];
    return this.explained(found, {
      subject: plan.name,
      adviceOn: (invariant) => adviceFor(invariant, contractOf(plan, contracts, step)),
      replay,
    });
  }
}

/** @throws as `testWorkflow` */
export async function tryWorkflow<Input, Output>(
  workflow: Workflow<Input, Output>,
  options: WorkflowTestOptions<Input>,
): Promise<WorkflowTest> {
  const { depth = 'singles', every = 1, swarm: wanted = 0, seed = 1 } = options;
  const { plan } = workflow;
  const trial = new WorkflowTrial(workflow as Workflow, options as WorkflowTestOptions);
  const coverage = new Coverage(trial.deployment.machines);
  const refuse = async (exploration: Pick<Exploration, 'findings'> | undefined): Promise<void> => {
    const found = exploration?.findings[0];
    if (found) throw await trial.told(found, (finding) => replayCommand(plan.name, finding));
  };
  const replay = isReplayOf(plan.name);
  if (replay) {
    const run = await again(trial, replay);
    const { violations } = run;
    await refuse({ findings: violations.length > 0 ? [{ ...replay, violations }] : [] });
    return replayed(plan.name, replay, run);
  }
  // What goes wrong by itself is told before what it takes a fault for.
  for (const path of Object.keys(options.paths)) await refuse(await trial.plainly(path));
  const explorations = [await exhaust(trial, { depth: 'singles', findings: 1, coverage })];
  await refuse(explorations[0]);
  if (depth === 'pairs') {
    explorations[0] = await exhaust(trial, { depth, every, findings: 1, coverage });
    await refuse(explorations[0]);
  }
  if (wanted > 0) {
    explorations[1] = await swarm(trial, { orders: wanted, seed, findings: 1, coverage });
    await refuse(explorations[1]);
  }
  return tested(workflow, explorations, coverage);
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

/** One finding, once more: of what it exercised nothing is said. */
function replayed(workflow: string, { orders, faults }: Finding, run: Run): WorkflowTest {
  const missed = missedBy(run, faults).map(({ at, kind }) => `${at} = ${kind}`);
  const text = `${workflow}: the run is right now.${missed.length > 0 ? ` What struck nothing in it: ${missed.join('; ')}.` : ''}`;
  return { schedules: 1, orders: orders.length, exercised: [], never: [], toString: () => text };
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
