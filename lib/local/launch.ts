import { join } from 'node:path';
import { AppAccess } from './access/index.ts';
// Not by the folder's door: what the app's synthesis needs of it loads CDK, which takes a second.
import { type DeploymentStep, deploy } from './deployment/deploy.ts';
import { openTarget, type Target } from './target.ts';

/** Retries, time-outs and alarm windows are this much shorter on one machine; see `scaled`. */
export const LOCAL_TIME_SCALE = 0.2;

const LOCAL_CONCURRENCY = 4;

export interface LaunchOptions {
  /** The project's folder. */
  readonly root: string;
  /** Told what is being done. */
  readonly onPhase?: (name: string) => void;
  /** Told of what is installed once, and takes long. */
  readonly onInstall?: (message: string) => void;
  readonly onProgress?: (message: string) => void;
  /** Told where it is going to be deployed, once that answers. */
  readonly onTarget?: (target: Target) => void;
  /** Told of the deployment's parts and of each stack. */
  readonly onStep?: (step: DeploymentStep) => void;
  /** Ends it in the middle. Nothing is left running once the promise is rejected with its reason. */
  readonly signal?: AbortSignal;
  /** A log of its own for an emulator beside another one. */
  readonly logFile?: string;
  readonly timeScale?: number;
  /** Batches of one queue at a time: on one machine each is a process. */
  readonly maxConcurrency?: number;
}

/** The app, deployed and ready. */
export interface Launched {
  readonly target: Target;
  readonly app: AppAccess;
  /** Milliseconds by phase: `emulator`, `deploy`, and of that `synthesis`, `bootstrap` and `stacks`. */
  readonly phases: Readonly<Record<string, number>>;
}

/**
 * Starts the emulator (or takes the target that the environment names) and deploys the very app to it.
 * On any failure nothing is left running.
 * @throws TargetError, EmulatorError, DeploymentFailed, or the signal's reason
 */
export async function launch({
  root,
  onPhase,
  onInstall,
  onProgress,
  onTarget,
  onStep,
  signal,
  logFile,
  timeScale = LOCAL_TIME_SCALE,
  maxConcurrency = LOCAL_CONCURRENCY,
}: LaunchOptions): Promise<Launched> {
  const phases: Record<string, number> = {};
  const phase = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    onPhase?.(name);
    const started = performance.now();
    const result = await work();
    phases[name] = performance.now() - started;
    return result;
  };
  const target = await phase('emulator', () =>
    openTarget({
      root,
      ...(logFile ? { logFile } : {}),
      ...(onInstall ? { onProgress: onInstall } : {}),
      ...(signal ? { signal } : {}),
    }),
  );
  try {
    onTarget?.(target);
    const { endpoint } = target;
    if (endpoint) {
      const {
        synthesis,
        bootstrap,
        deploy: stacks,
      } = await phase('deploy', () =>
        deploy({
          endpoint,
          timeScale,
          projectRoot: root,
          logFile: join(root, '.breakwater', 'deploy.log'),
          context: { target: target.kind, maxConcurrency },
          ...(onProgress ? { onProgress } : {}),
          ...(onStep ? { onStep } : {}),
          ...(signal ? { signal } : {}),
        }),
      );
      Object.assign(phases, { synthesis, bootstrap, stacks });
    }
    return { target, app: new AppAccess(target), phases };
  } catch (error) {
    if (signal?.aborted) target.emulator?.killNow();
    await target.close();
    throw error;
  }
}
