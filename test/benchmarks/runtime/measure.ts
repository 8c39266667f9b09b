import type { Progress } from '../../proofs/finding.ts';
import type { Bundled } from './bundles.ts';
import { importTime, type PlayedAws, startWorker, type Worker } from './child.ts';
import { linesOf } from './lines.ts';
import { median, percentile, sum } from './statistics.ts';
import type { Subject } from './subjects.ts';

/** One subject's figures. Times are milliseconds a record. */
export interface Measurement {
  readonly subject: Subject;
  readonly one: Times;
  readonly ten: Times;
  readonly calls: number;
  readonly importTime: number;
  readonly bytes: number;
  /** MiB. */
  readonly resident: number;
  readonly lines: number;
}

export interface Times {
  readonly p50: number;
  readonly p99: number;
  readonly cpu: number;
}

export interface Effort {
  readonly rounds: number;
  readonly imports: number;
}

/** Records before anything counts: what runs often is compiled by then. */
const WARM_UP = { calls: 600, batch: 1 };
const WARM_UP_TEN = { calls: 60, batch: 10 };
const ONE = { calls: 100, batch: 1 };
const TEN = { calls: 20, batch: 10 };

/** Everything alternates, so that what else the machine does meets all alike. */
export async function measure(
  bundles: readonly Bundled[],
  aws: PlayedAws,
  { rounds, imports }: Effort,
  progress: Progress,
): Promise<readonly Measurement[]> {
  const importTimes = await eachInTurn(
    bundles,
    imports,
    (bundled) => importTime(bundled, aws),
    (round) => progress(`import, ${round} of ${imports}`),
  );
  const workers = await Promise.all(bundles.map((bundled) => startWorker(bundled, aws)));
  try {
    await eachInTurn(workers, 1, warmUp, () => progress('warming up'));
    const chunks = await eachInTurn(
      workers,
      rounds,
      (worker) => chunkOf(worker, aws),
      (round) => progress(`calls, round ${round} of ${rounds}`),
    );
    return await Promise.all(
      bundles.map(async ({ subject, bytes }, index) => {
        const own = chunks[index] ?? [];
        return {
          subject,
          one: timesOf(
            own.map(({ one }) => one),
            ONE.batch,
          ),
          ten: timesOf(
            own.map(({ ten }) => ten),
            TEN.batch,
          ),
          calls: sum(own.map(({ calls }) => calls)) / (own.length * RECORDS),
          importTime: median(importTimes[index] ?? []),
          bytes,
          resident: median(own.map(({ one }) => one.resident)) / 2 ** 20,
          lines: await linesOf(subject.written),
        };
      }),
    );
  } finally {
    for (const worker of workers) worker.stop();
  }
}

type Chunk = Awaited<ReturnType<typeof chunkOf>>;

async function warmUp(worker: Worker): Promise<void> {
  await worker.measure(WARM_UP);
  await worker.measure(WARM_UP_TEN);
}

async function chunkOf(worker: Worker, aws: PlayedAws) {
  const before = await aws.calls();
  const one = await worker.measure(ONE);
  const ten = await worker.measure(TEN);
  return { one, ten, calls: (await aws.calls()) - before };
}

const RECORDS = ONE.calls * ONE.batch + TEN.calls * TEN.batch;

function timesOf(measured: readonly Chunk['one'][], batch: number): Times {
  const times = measured.flatMap((each) => each.times.map((time) => time / batch));
  return {
    p50: median(times),
    p99: percentile(times, 0.99),
    cpu: sum(measured.map(({ cpu }) => cpu)) / (times.length * batch),
  };
}

/** Round by round, each in turn, in an order that changes. @returns what each gave, by its place */
async function eachInTurn<T, R>(
  those: readonly T[],
  rounds: number,
  act: (one: T) => Promise<R>,
  begin: (round: number) => void,
): Promise<readonly (readonly R[])[]> {
  const given: R[][] = those.map(() => []);
  for (let round = 1; round <= rounds; round += 1) {
    begin(round);
    const order = those.map((_, place) => (place + round) % those.length);
    for (const place of order) given[place]?.push(await act(those[place] as T));
  }
  return given;
}
