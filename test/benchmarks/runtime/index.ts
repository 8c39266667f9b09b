import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark } from '../../proofs/finding.ts';
import { bundleSubjects } from './bundles.ts';
import { playAws } from './child.ts';
import { measure } from './measure.ts';
import { textOf } from './report.ts';
import { besideBare, judge } from './targets.ts';

export const benchmark: Benchmark = {
  summary: 'What a step costs beside the same atom with Powertools by hand, and beside a bare handler.',
  options: {
    rounds: { description: 'of 100 single calls and 20 batches of ten, for each in turn', default: 20, short: 4 },
    imports: { description: 'fresh processes for each', default: 20, short: 5 },
  },
  run: async ({ rounds, imports }, progress) => {
    const folder = await mkdtemp(join(tmpdir(), 'breakwater-benchmark-'));
    progress('bundling');
    const bundles = await bundleSubjects(folder);
    const aws = await playAws();
    try {
      const measurements = await measure(bundles, aws, { rounds: Number(rounds), imports: Number(imports) }, progress);
      const verdicts = judge(measurements);
      const bare = besideBare(measurements);
      return {
        passed: verdicts.every(({ met }) => met),
        figures: {
          ...Object.fromEntries(verdicts.map(({ target, ratio }) => [`${target.what} ÷ hand-written`, ratio])),
          'time a record, transaction ÷ bare': bare.one,
          'time a record, transaction ÷ bare, batch of 10': bare.ten,
        },
        text: textOf(measurements, verdicts),
      };
    } finally {
      aws.stop();
      await rm(folder, { recursive: true });
    }
  },
};
