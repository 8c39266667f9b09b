import { join } from 'node:path';
import { loadSimulation } from '../../../lib/local/simulation/source.ts';
import type { Simulation } from '../../../lib/simulation/index.ts';
import { Harness, WORKFLOW } from '../../integration/harness.ts';
import { sideBySide } from '../emulated/side-by-side.ts';
import type { Options, Progress, Proof } from '../finding.ts';
import { Emulation } from './emulated.ts';
import { differences } from './outcome.ts';
import { report, type Twin } from './report.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { type Simulated, simulate } from './simulated.ts';

/** Cold starts are not what is tested here. */
const WARM = 6;

export const proof: Proof = {
  summary:
    'The same orders with the same faults on the simulation and on the emulator: both come to the same end, effects, records and attempts.',
  options: {
    scenarios: { description: 'how many of them, from the first', default: SCENARIOS.length, short: 8 },
    only: { description: 'only those whose name has this in it', default: '' },
    timeScale: { description: 'of the emulator’s retries and time-outs, 1 is real time', default: 0.3, short: 0.1 },
    runs: {
      description: 'on the emulator, until attempts agree too, of which a machine that is too slow costs more',
      default: 2,
    },
    width: { description: 'scenarios at a time on the emulator', default: 6 },
    patience: {
      description: 'whether to wait for the last message, which a killed worker may hide for minutes: yes or no',
      default: 'yes',
      short: 'no',
    },
  },
  async run(options, progress) {
    const simulation = await loadSimulation(join(import.meta.dirname, '..', '..', '..'), WORKFLOW);
    const timeScale = Number(options.timeScale);
    progress('starting the emulator and deploying');
    const harness = await Harness.open({ timeScale, maxConcurrency: 6, name: 'twins' });
    try {
      await Promise.all(
        Array.from({ length: WARM }, (_, index) => harness.run(`warm-${index}`, index === 0 ? { country: 'AQ' } : {})),
      );
      const emulation = new Emulation(harness, { timeScale, patient: options.patience === 'yes' });
      return report(await compared(simulation, emulation, options, progress));
    } finally {
      await harness.close();
    }
  },
};

async function compared(
  simulation: Simulation,
  emulation: Emulation,
  { scenarios, only, runs, width }: Options,
  progress: Progress,
): Promise<readonly Twin[]> {
  const chosen = SCENARIOS.slice(0, Number(scenarios)).filter(({ name }) => name.includes(String(only)));
  let done = 0;
  // One after another: a simulation replaces the clock of the whole process.
  const simulated: Simulated[] = [];
  for (const scenario of chosen) simulated.push(await simulate(simulation, scenario));
  return sideBySide(chosen, Number(width), async (scenario, index): Promise<Twin> => {
    const twin = await onEmulator(emulation, scenario, simulated[index] as Simulated, Number(runs));
    done += 1;
    progress(`${done} of ${chosen.length}: ${scenario.name}`);
    return twin;
  });
}

/** A machine that is too slow costs attempts: only if nothing but their number differs there is another run. */
async function onEmulator(emulation: Emulation, scenario: Scenario, simulated: Simulated, runs: number): Promise<Twin> {
  const earlier: string[] = [];
  for (;;) {
    const emulated = await emulation.run(scenario);
    const differ = differences(simulated.outcome, emulated.outcome, scenario.leaveOut);
    const isSlow = differ.length > 0 && differ.every(({ field }) => field === 'attempts');
    if (!isSlow || earlier.length + 1 >= runs) return { scenario, simulated, emulated, differ, earlier };
    earlier.push(...differ.map(({ text }) => text));
  }
}
