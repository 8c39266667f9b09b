import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Explored, Job } from './job.ts';
import type { Work } from './worker.ts';

export interface SideBySideOptions {
  /** The folder that holds lambdas and state-machines. */
  readonly root: string;
  readonly workflow: string;
  readonly job: Job;
  /** One a core when left out. */
  readonly workers?: number;
  /** Told about ten times a second, over all workers: schedules, or orders of a swarm. */
  onProgress?(done: number): void;
}

type Told = { readonly done: number } | { readonly explored: Explored };

/**
 * Does a job in as many threads as there are cores, each with the workflow's simulation of its own.
 * @throws what went wrong in a thread
 */
export async function sideBySide({
  workers = availableParallelism(),
  ...options
}: SideBySideOptions): Promise<Explored> {
  const done = new Array<number>(workers).fill(0);
  let told = 0;
  const tell = (index: number, count: number): void => {
    done[index] = count;
    if (Date.now() - told < 100) return;
    told = Date.now();
    options.onProgress?.(done.reduce((sum, each) => sum + each, 0));
  };
  const { root, workflow, job } = options;
  const parts = await Promise.all(
    done.map((_, index) => work({ root, workflow, job, slice: { index, of: workers } }, (count) => tell(index, count))),
  );
  const never = parts.map((part) => new Set(part.never));
  return {
    schedules: sum(parts, ({ schedules }) => schedules),
    orders: sum(parts, ({ orders }) => orders),
    findings: parts.flatMap(({ findings }) => findings),
    exercised: [...new Set(parts.flatMap(({ exercised }) => exercised))].sort(),
    never: (parts[0]?.never ?? []).filter((each) => never.every((part) => part.has(each))),
  };
}

function work(workerData: Work, onProgress: (done: number) => void): Promise<Explored> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(import.meta.dirname, 'worker.ts'), {
      workerData,
      // A run makes much that lives for a moment.
      resourceLimits: { maxYoungGenerationSizeMb: 256 },
    });
    worker.on('message', (message: Told) => {
      if ('explored' in message) resolve(message.explored);
      else onProgress(message.done);
    });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`A worker ended by itself, with code ${code}.`)));
  });
}

const sum = (parts: readonly Explored[], of: (part: Explored) => number): number =>
  parts.reduce((total, part) => total + of(part), 0);
