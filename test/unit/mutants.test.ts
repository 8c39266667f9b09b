/** What the proof by mutants makes of Stryker's results. */
import { expect, test } from '@jest/globals';
import type { Acceptance } from '../proofs/mutants/accepted.ts';
import { judge } from '../proofs/mutants/judged.ts';
import { pageOf } from '../proofs/mutants/page.ts';
import type { Mutant } from '../proofs/mutants/run.ts';

const mutant = (status: Mutant['status'], more: Partial<Mutant> = {}): Mutant => ({
  file: 'lib/runtime/settle.ts',
  line: 7,
  original: 'over >= now',
  replacement: 'over > now',
  status,
  ...more,
});
const accepting = (more: Partial<Acceptance> = {}): Acceptance => ({
  file: 'settle.ts',
  reason: 'The clock never stands still.',
  changes: [['over >= now', 'over > now']],
  ...more,
});

test('the score is what is noticed of all that could be: what does not load is not counted', () => {
  const mutants = ['Killed', 'Killed', 'Timeout', 'Survived', 'NoCoverage', 'RuntimeError'] as const;
  expect(
    judge(
      mutants.map((status) => mutant(status)),
      [],
    ),
  ).toMatchObject({
    killed: 2,
    timedOut: 1,
    unloadable: 1,
    score: 60,
    stale: [],
  });
});

test('a survivor is accepted with the reason for its file and its change, and is in the page with it', () => {
  const survivors = [mutant('Survived'), mutant('Survived', { file: 'lib/runtime/queue.ts' })];
  const judged = judge(survivors, [accepting()]);
  expect(judged.unnoticed.map(({ reason }) => reason)).toEqual(['The clock never stands still.', undefined]);
  const [without, accepted] = pageOf(survivors, judged).split('### Survivors that are accepted');
  expect(without).toContain('- lib/runtime/queue.ts:7 `over >= now` → `over > now`');
  expect(accepted).toContain('The clock never stands still.\n\n- lib/runtime/settle.ts:7 `over >= now` → `over > now`');
});

test.each<readonly [string, readonly Mutant[], readonly string[]]>([
  ['is noticed by now', [mutant('Killed')], ['settle.ts: over >= now → over > now']],
  ['is in the code no more', [mutant('Survived', { original: 'over > 0' })], ['settle.ts: over >= now → over > now']],
  ['only timed out, which a busy machine may cause', [mutant('Timeout')], []],
  ['is in a file that was not run', [mutant('Survived', { file: 'lib/runtime/queue.ts' })], []],
])('what was accepted and %s goes stale or does not', (_, mutants, stale) => {
  expect(judge(mutants, [accepting()]).stale).toEqual(stale);
});
