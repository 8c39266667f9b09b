import type { Proof } from './finding.ts';
import { prove } from './simulated/prove.ts';

export const proof: Proof = {
  summary: 'Every single fault and every pair of faults, at every point of every path of the reference workflow.',
  options: {
    every: { description: 'of the pairs, only every so-manieth', default: 1, short: 40 },
  },
  run: async ({ every }, progress) => {
    const { text, ...found } = await prove(
      { kind: 'exhaust', depth: 'pairs', every: Number(every) },
      'schedules',
      progress,
    );
    return { ...found, text: [HOW, text].join('\n\n') };
  },
};

const HOW = `A schedule is one order on one of the workflow's paths, in virtual time, with one or two faults. The points are every
call that a function makes of AWS, every request to a provider, every message that is delivered, every task and every
state of the machines, every status event; a point that is reached only because of the first fault (a retry, a
settlement, an undo) is struck by the second. Which faults there are is in \`lib/simulation/faults/fault.ts\`, what has to
hold in \`lib/simulation/invariants\` and in \`state-machines/orders/fulfil-order/simulation.ts\`.`;
