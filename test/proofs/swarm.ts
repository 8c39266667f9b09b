import type { Proof } from './finding.ts';
import { prove } from './simulated/prove.ts';

export const proof: Proof = {
  summary: 'A million orders on all paths, forty at a time, in disorder, with faults by chance.',
  options: {
    orders: { description: 'how many', default: 1_000_000, short: 20_000 },
    seed: { description: 'where chance begins', default: 1 },
  },
  run: async ({ orders, seed }, progress) => {
    const job = { kind: 'swarm', orders: Number(orders), seed: Number(seed) } as const;
    const { text, ...found } = await prove(job, 'orders', progress);
    return { ...found, text: [HOW, text].join('\n\n') };
  },
};

const HOW = `Forty orders share a world: queues fill, batches form, transactions meet on one item. Calls take longer and shorter,
messages overtake each other, clocks of processes are wrong by up to a second. Each run draws which faults there are and
how often they strike; after twenty minutes of virtual time nothing goes wrong any more, so that everything can end.`;
