import { expect, test } from '@jest/globals';
import { NOTHING_PREPARED, type PreparationEvent, preparationLines, prepare } from './preparation.ts';
import { beginning, reduce } from './state.ts';
import { written } from './under-test.ts';

const told = (...events: readonly PreparationEvent[]) => events.reduce(prepare, NOTHING_PREPARED);

const STACKS: readonly PreparationEvent[] = [
  { kind: 'part-began', part: 'emulator', at: 0 },
  { kind: 'part-ended', part: 'emulator', at: 1_200, detail: 'http://127.0.0.1:4566' },
  { kind: 'part-began', part: 'stacks', at: 5_000 },
  {
    kind: 'stacks',
    stacks: [
      { name: 'Breakwater-Data', resources: 30 },
      { name: 'Breakwater-Workflow-fulfil-order', resources: 10 },
    ],
  },
  { kind: 'stack', name: 'Breakwater-Data' },
];

test('a task list: what is done with its time, what is under way with how far it is, what is to come', () => {
  expect(written(preparationLines(told(...STACKS), 80, 7_400))).toEqual([
    '   ✔ emulator   http://127.0.0.1:4566                                     1.2 s',
    '   · synthesis  bundles the Lambdas and makes the templates',
    '   · bootstrap  prepares the account for CDK',
    '   ⠋ stacks     ━━━━━━━━━━━━──── 30 of 40 resources                       2.4 s',
    '                Data ✔  fulfil-order ·',
    '   · type check the whole project',
  ]);
});

test('what a part says stands in its line until it is done', () => {
  const says: PreparationEvent = { kind: 'part-says', part: 'emulator', text: 'Installing MiniStack into it (once)' };
  const preparation = told({ kind: 'part-began', part: 'emulator', at: 0 }, says);
  expect(written(preparationLines(preparation, 80, 3_000))[0]).toMatch(
    /emulator {3}Installing MiniStack into it \(once\) +3\.0 s/,
  );
});

test.each([
  [true, '✘'],
  [false, '■'],
])(
  'halted (failed: %s), what was under way is marked, with the time that it took, and is shown for good',
  (failed, sign) => {
    const began = reduce(beginning(0), { kind: 'part-began', part: 'synthesis', at: 1_000 });
    const halted = reduce(began, { kind: 'halt', failed, at: 3_500 });
    expect(halted).toMatchObject({ phase: 'over', printed: [{ kind: 'preparation' }] });
    expect(written(preparationLines(halted.preparation, 80, 0))[1]).toMatch(
      new RegExp(`^ {3}${sign} synthesis .* 2\\.5 s$`),
    );
  },
);

test('of two that are under way, the one that fails is told from the one that is stopped for it', () => {
  const preparation = told(
    { kind: 'part-began', part: 'types', at: 0 },
    { kind: 'part-began', part: 'synthesis', at: 0 },
    { kind: 'part-halted', part: 'types', failed: false, at: 100 },
    { kind: 'halt', failed: true, at: 200 },
  );
  expect(written(preparationLines(preparation, 80, 0)).map((line) => line.slice(3, 14).trim())).toEqual([
    '· emulator',
    '✘ synthesis',
    '· bootstrap',
    '· stacks',
    '■ type chec',
  ]);
});
