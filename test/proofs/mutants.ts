import type { Proof } from './finding.ts';
import { accepted } from './mutants/accepted.ts';
import { judge } from './mutants/judged.ts';
import { pageOf } from './mutants/page.ts';
import { mutantsOf } from './mutants/run.ts';

/** In percent. */
const LEAST_SCORE = 80;

export const proof: Proof = {
  summary: 'Mutation testing of lib/runtime: small changes to the code, each of which a unit test should notice.',
  options: {
    files: {
      description: 'of lib/runtime, globs with commas between them',
      default: '*.ts',
      // The decision whether an effect happened: the heart of the protocol, and done in a minute.
      short: 'settle.ts',
    },
  },
  run: async ({ files }, progress) => {
    const begun = performance.now();
    const mutants = await mutantsOf(String(files).split(','), progress);
    const judged = judge(mutants, await accepted());
    const { killed, timedOut, unnoticed, unloadable, score, stale } = judged;
    const count = (status: string): number => unnoticed.filter((mutant) => mutant.status === status).length;
    return {
      passed: score >= LEAST_SCORE && stale.length === 0,
      figures: {
        mutants: mutants.length,
        killed,
        'timed out': timedOut,
        survived: count('Survived'),
        'not covered': count('NoCoverage'),
        'of both, accepted': unnoticed.filter(({ reason }) => reason).length,
        'not loadable, not counted': unloadable,
        'score in percent': score,
        minutes: (performance.now() - begun) / 60_000,
      },
      text: pageOf(mutants, judged),
    };
  },
};
