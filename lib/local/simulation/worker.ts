import { parentPort, workerData } from 'node:worker_threads';
import type { Slice } from '../../simulation/index.ts';
import { type Job, perform } from './job.ts';
import { loadSimulation } from './source.ts';

/** What a worker is told at its start. */
export interface Work {
  readonly root: string;
  readonly workflow: string;
  readonly job: Job;
  readonly slice: Slice;
}

const { root, workflow, job, slice } = workerData as Work;
const explored = await perform(await loadSimulation(root, workflow), job, slice, (done) =>
  parentPort?.postMessage({ done }),
);
parentPort?.postMessage({ explored });
