import { Harness } from '../../integration/harness.ts';
import type { Options, Progress, Proof } from '../finding.ts';
import { drainBacklog } from './backlog.ts';
import { Faults } from './points.ts';
import { report } from './report.ts';
import { runOrders } from './run.ts';

/** Cold starts are not what is tested here. */
const WARM = 6;

export const proof: Proof = {
  summary:
    'Orders on the emulator whose workers are killed before and after their calls, whose messages are duplicated and whose answers are lost: nothing is lost, doubled or left hanging.',
  options: {
    orders: { description: 'orders; of twenty one is refused before it waits for anything', default: 220, short: 40 },
    backlog: { description: 'orders that wait for a held queue', default: 60, short: 15 },
    seed: { description: 'draws the paths and the calls that are struck', default: 1 },
    timeScale: { description: 'of retries and time-outs, 1 is real time', default: 0.3, short: 0.1 },
    patience: {
      description: 'whether to wait for messages that a killed worker hides for minutes: yes or no',
      default: 'yes',
      short: 'no',
    },
    together: {
      description:
        'whether to hold the first queue until all have come in, so that all are in flight at one time: yes or no',
      default: 'yes',
      short: 'no',
    },
    kills: { description: 'workers killed on each side of each call, in percent of the orders', default: 4 },
    duplicates: { description: 'messages delivered twice, in percent of the orders', default: 20 },
    lostAnswers: { description: 'answers lost, in percent of all calls', default: 2 },
  },
  async run(options, progress) {
    const timeScale = Number(options.timeScale);
    progress('starting the emulator and deploying');
    const harness = await Harness.open({ timeScale, maxConcurrency: 6, name: 'kills' });
    try {
      await Promise.all(Array.from({ length: WARM }, (_, index) => harness.run(`warm-${index}`)));
      return await prove(harness, options, progress);
    } finally {
      await harness.close();
    }
  },
};

async function prove(harness: Harness, options: Options, progress: Progress) {
  const [orders, backlog, seed, timeScale] = [options.orders, options.backlog, options.seed, options.timeScale].map(
    Number,
  ) as [number, number, number, number];
  const percent = (name: string): number => Number(options[name]) / 100;
  const shares = {
    kills: percent('kills'),
    duplicates: percent('duplicates'),
    lostAnswers: percent('lostAnswers'),
  };
  harness.faults.reset();
  const faults = new Faults(harness, { orders, seed, shares });
  const onEnded = (): void => faults.end();
  const killed = await runOrders(harness, {
    count: orders,
    seed,
    timeScale,
    patient: options.patience === 'yes',
    together: options.together === 'yes',
    onEnded,
    progress,
  });
  const drained = await drainBacklog(harness, { count: backlog, timeScale, progress });
  return report(faults, killed, drained);
}
