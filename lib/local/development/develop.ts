import { join } from 'node:path';
// Not by the folder's door: what the app's synthesis needs of it loads CDK, which takes a second.
import { deploy } from '../deployment/deploy.ts';
import { LOCAL_TIME_SCALE, launch } from '../launch.ts';
import type { Target } from '../target.ts';
import { type Afterwards, seeAfterwards } from './afterwards.ts';
import { Bundles } from './bundles.ts';
import { DevelopmentError } from './errors.ts';
import type { Tell } from './events.ts';
import { Functions } from './functions.ts';
import type { Inbox, Received } from './inbox.ts';
import { type LaidOutWorkflow, readLayout } from './layout.ts';
import { LiveCode } from './live-code.ts';
import { demonstrationOf } from './order.ts';
import { type ProjectTools, Rounds, readSources } from './rounds.ts';
import { sortFiles } from './saved-files.ts';
import { watchSources } from './watch.ts';

export interface DevelopOptions {
  /** The project's folder. */
  readonly root: string;
  readonly tools: ProjectTools;
  /** Takes what is saved, and what else is asked for. */
  readonly inbox: Inbox;
  readonly tell: Tell;
  /** Ends everything at once. */
  readonly signal: AbortSignal;
  /** Told of what is done before the app is ready. */
  readonly onPhase?: (name: string) => void;
  readonly onInstall?: (message: string) => void;
}

/** The same at the start and at every deployment after it: what differed would be deployed as a change. */
const DEPLOYED_WITH = { timeScale: LOCAL_TIME_SCALE, maxConcurrency: 4 } as const;

/**
 * Deploys the app to an emulator and brings live what is saved from then on.
 * @throws TargetError, EmulatorError, DeploymentFailed where there is nothing to begin with
 * @throws DevelopmentError when the emulator ends by itself, or the target is none
 * @throws the signal's reason, once nothing is left running
 */
export async function develop(options: DevelopOptions): Promise<void> {
  const { root, inbox, signal, onPhase, onInstall } = options;
  const began = performance.now();
  // From the very start: what is saved while the app is being deployed is the first round.
  const watcher = await watchSources(root, (file) => inbox.saved(file));
  try {
    const { target } = await launch({
      ...{ root, signal, ...DEPLOYED_WITH },
      ...(onPhase ? { onPhase } : {}),
      ...(onInstall ? { onInstall } : {}),
    });
    try {
      await Promise.race([work(options, target, began), aborted(signal), died(target)]);
    } finally {
      // It keeps nothing, so it need not end in order, which takes seconds.
      target.emulator?.killNow();
      await target.close();
    }
  } finally {
    await watcher.close();
  }
}

/** A round after the other, for ever. */
async function work(options: DevelopOptions, target: Target, began: number): Promise<never> {
  const { root, inbox, tell, signal } = options;
  const rounds = await takeOver(options, target);
  tell({ event: 'ready', endpoint: target.endpoint ?? '', milliseconds: Math.round(performance.now() - began) });
  let afterwards: Afterwards = { orders: demonstrated(rounds.workflows), tests: [] };
  for (;;) {
    const left = await untilSaved(inbox, signal, (until) =>
      seeAfterwards(afterwards, { root, target, tell, signal: until }),
    );
    afterwards = together(left, await dealWith(await inbox.next(), rounds, tell), rounds.workflows);
  }
}

/** Knows what has just been deployed. */
async function takeOver({ root, tools, tell, signal }: DevelopOptions, target: Target): Promise<Rounds> {
  const { endpoint, kind, settings } = target;
  if (!endpoint) {
    throw new DevelopmentError(
      'Every save is deployed, so the target has to be an emulator. Unset BREAKWATER_TARGET; to AWS deploys `npx cdk deploy --all`.',
    );
  }
  const layout = await readLayout(tools.layoutScript, signal);
  const bundles = new Bundles(root, tools);
  await bundles.take(layout.functions.map(({ name }) => name));
  const { timeScale, maxConcurrency } = DEPLOYED_WITH;
  return new Rounds({
    ...{ root, tools, bundles, tell, signal },
    live: new LiveCode(new Functions(settings), bundles.codes),
    deployed: { layout, sources: await readSources(root, tools, layout) },
    deploy: async () => {
      await deploy({
        ...{ endpoint, timeScale, signal },
        projectRoot: root,
        logFile: join(root, '.breakwater', 'deploy.log'),
        context: { target: kind, maxConcurrency, bundled: true },
      });
    },
  });
}

async function dealWith({ files, savedAt, order }: Received, rounds: Rounds, tell: Tell): Promise<Afterwards> {
  const { deployable, tests, demonstrations, own } = sortFiles(files);
  if (files.length > 0) tell({ event: 'changed', files });
  if (own.length > 0) tell({ event: 'outdated', files: own });
  const renewed = deployable.length > 0 ? await rounds.run(deployable, savedAt) : undefined;
  const all = demonstrated(rounds.workflows);
  const shown = renewed ? demonstrated(renewed) : [];
  // What no demonstrated workflow contains, such as a provider of the sandbox, may still take part in the first one.
  const anyway = renewed !== undefined || order || demonstrations.length > 0;
  return { orders: shown.length === 0 && anyway ? all.slice(0, 1) : shown, tests };
}

/** What one round left and what the next one leaves, each once, as the project is now. */
const together = (left: Afterwards, next: Afterwards, workflows: readonly LaidOutWorkflow[]): Afterwards => {
  const names = new Set([...left.orders, ...next.orders].map(({ name }) => name));
  return {
    orders: workflows.filter(({ name }) => names.has(name)),
    tests: [...new Set([...left.tests, ...next.tests])],
  };
};

const demonstrated = (workflows: readonly LaidOutWorkflow[]): readonly LaidOutWorkflow[] =>
  workflows.filter((workflow) => demonstrationOf(workflow) !== undefined);

/** Does something until it is done or something new comes in. */
async function untilSaved<Result>(
  inbox: Inbox,
  signal: AbortSignal,
  something: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const doing = something(AbortSignal.any([signal, over.signal]));
  await Promise.race([doing, inbox.arrived()]);
  over.abort();
  return doing;
}

/** Fails with the signal's reason, and does so at once; what is going on ends by the same signal. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** Fails when the emulator ends by itself. */
async function died({ emulator }: Target): Promise<never> {
  const exit = await (emulator?.exited ?? new Promise<never>(() => {}));
  throw new DevelopmentError(
    `The emulator ended unexpectedly (${exit.signal ?? exit.code}). Its log is ${emulator?.logFile}; run the same command again.`,
  );
}
