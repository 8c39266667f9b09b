import { expect, test } from '@jest/globals';
import { orderLine, plainView } from './plain.ts';
import type { ShowEvent } from './state.ts';
import { ended, OUTAGE, steps, written } from './under-test.ts';

function shown(events: readonly ShowEvent[], { colour = false, verbose = false } = {}): readonly string[] {
  const text: string[] = [];
  const view = plainView({ write: (each) => text.push(each), colour, elapsed: () => 1_500, verbose });
  for (const event of events) view.tell(event);
  return text.join('').split('\n').slice(0, -1);
}

test.each([
  [
    'fulfilled',
    {},
    '✔ fulfilled  07  an ordinary order   1.2 s     480.00  price risk stock payment shipment event receipt',
  ],
  [
    'undone',
    {
      end: 'failed' as const,
      worth: undefined,
      steps: steps('price payment×4✘ settle:payment undo:payment'),
      struckBy: OUTAGE,
    },
    '✘ failed     07  payments down       1.2 s             price payment×4✘ settle:payment undo:payment',
  ],
  [
    'otherwise than expected',
    { end: 'declined' as const, worth: undefined, steps: steps('price✘'), right: false, reason: 'price: NoPrice' },
    '↺ declined   07  an ordinary order   1.2 s             price✘   <- expected fulfilled: price: NoPrice',
  ],
  [
    'rejected',
    { end: 'rejected' as const, worth: undefined, steps: [], reason: 'data.email: no' },
    '⊘ rejected   07  an ordinary order   1.2 s             data.email: no',
  ],
])('an order that was %s, on a line of its own', (_, change, line) => {
  expect(written([orderLine(ended(7, change as Parameters<typeof ended>[1]))])).toEqual([line]);
});

const PREPARING: readonly ShowEvent[] = [
  { kind: 'part-began', part: 'stacks', at: 0 },
  { kind: 'stack', name: 'Breakwater-Data' },
  { kind: 'part-ended', part: 'stacks', at: 0, detail: '5 stacks' },
];

test('tasks are told as they begin and end; stacks only to who wants to know', () => {
  expect(shown(PREPARING)).toEqual([
    '   1.5 s  stacks      … deploys the app as it would be to AWS',
    '   1.5 s  stacks      ✔ 5 stacks',
  ]);
  expect(shown(PREPARING, { verbose: true })).toContain('   1.5 s    deployed Breakwater-Data');
});

test('colours only where they are wanted, and nothing that moves the cursor', () => {
  const events: readonly ShowEvent[] = [{ kind: 'order', at: 0, event: { kind: 'ended', ended: ended(7) } }];
  expect(shown(events)[0]).not.toContain('\u001b');
  expect(shown(events, { colour: true })[0]).toContain('\u001b[32m✔ fulfilled\u001b[39m  07');
});

test('the report is the last line when the orders were the end', () => {
  expect(shown([{ kind: 'report', report: { right: true } }])).toEqual(['{"right":true}']);
});
