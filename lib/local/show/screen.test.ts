import { describe, expect, test } from '@jest/globals';
import type { DemonstrationResult } from '../demonstration/index.ts';
import { widthOf } from './line.ts';
import { liveLines, printedLines } from './screen.ts';
import { beginning, type Printed, reduce, type ShowEvent, type ShowState } from './state.ts';
import { COLUMNS, ended, OUTAGE, steps, written } from './under-test.ts';

const told = (...events: readonly ShowEvent[]): ShowState => events.reduce(reduce, beginning(0));

const ORDERS: ShowEvent = { kind: 'orders', count: 40, columns: COLUMNS, at: 10_000 };

const sent = (number: number, story?: string): ShowEvent => {
  const { story: _, ...order } = ended(number).order;
  return {
    kind: 'order',
    at: 10_000,
    event: { kind: 'sent', sent: { number, order: story ? { ...order, story } : order } },
  };
};

const went = (number: number, journey: string): ShowEvent => ({
  kind: 'order',
  at: 10_000,
  event: { kind: 'steps', number, steps: steps(journey) },
});

const RESULT: DemonstrationResult = {
  orders: [
    ended(1),
    ended(2, { end: 'declined', reason: 'payment: CardDeclined' }),
    ended(3, { struckBy: OUTAGE }),
    ended(4, { struckBy: OUTAGE, end: 'failed' }),
  ],
  incidents: [OUTAGE],
  account: [
    {
      name: 'charged − refunded = sold',
      expected: 96_000,
      found: 96_000,
      unit: 'cents',
      parts: [
        { name: 'charged', amount: 144_000 },
        { name: 'refunded', amount: -48_000 },
      ],
    },
    { name: 'holds kept = orders fulfilled', expected: 2, found: 3, unit: 'count' },
  ],
  right: false,
  firstFulfilledMs: 900,
};

describe('orders under way', () => {
  test('stand in a table of 80 columns, a step a column, above how far it all is', () => {
    const state = told(
      ORDERS,
      { kind: 'order', at: 10_000, event: { kind: 'ended', ended: ended(1) } },
      sent(2, 'every answer lost'),
      went(2, 'price risk stock payment×4✘ settle:payment…'),
      sent(3),
      went(3, 'price risk×2✘…'),
    );
    expect(written(liveLines(state, { columns: 80, rows: 24, now: 12_000 }))).toEqual([
      '   under way                   price risk stock payment shipment event receipt',
      ' ⠸ 02 every answer lost  2.0 s ✔     ✔    ✔     ✘×4?…   ·        ·     ·',
      ' ⠸ 03 an ordinary order  2.0 s ✔     ⠸×2  ·     ·       ·        ·     ·',
      '',
      ' ────── 1/40  ✔ 1 fulfilled                                              12.0 s',
      ' ✔ done   ×2 second try   ✘ failed   ? finding out   ↺ undone',
    ]);
  });

  test('have their state in a word where there is room for it', () => {
    const state = told(ORDERS, sent(2), sent(3), went(3, 'price undo:price…'));
    expect(written(liveLines(state, { columns: 120, rows: 40, now: 12_000 })).slice(0, 3)).toEqual([
      '   under way                             price risk stock payment shipment event receipt',
      ' ⠸ 02 sent      an ordinary order  2.0 s ·     ·    ·     ·       ·        ·     ·',
      ' ⠸ 03 undoing   an ordinary order  2.0 s ✔↺…   ·    ·     ·       ·        ·     ·',
    ]);
  });

  test('tell what struck them, unless they have a story of their own', () => {
    const struck = (number: number): ShowEvent => ({
      kind: 'order',
      at: 10_000,
      event: { kind: 'struck', number, incident: OUTAGE },
    });
    const { underWay } = told(ORDERS, sent(2), sent(3, 'card declined'), struck(2), struck(3));
    expect(underWay.map(({ story }) => story)).toEqual(['payments down', 'card declined']);
  });

  test('are as many as the terminal has room for; the others are counted', () => {
    const state = told(ORDERS, ...Array.from({ length: 30 }, (_, index) => sent(index + 1)));
    const lines = written(liveLines(state, { columns: 80, rows: 14, now: 12_000 }));
    expect(lines).toHaveLength(12);
    expect(lines.slice(7, 9)).toEqual([expect.stringMatching(/^ . 07 /), '   and 23 more']);
  });
});

describe('orders that have ended', () => {
  const line = (columns: number, change: Parameters<typeof ended>[1]) => {
    const state = told(ORDERS);
    return written(printedLines({ kind: 'order', ended: ended(7, change) }, state, columns))[0];
  };

  test.each([
    [80, {}, ' ✔ 07 an ordinary order  1.2 s ✔     ✔    ✔     ✔       ✔        ✔     ✔'],
    [120, {}, ' ✔ 07 fulfilled an ordinary order  1.2 s ✔     ✔    ✔     ✔       ✔        ✔     ✔           480.00'],
    [
      120,
      {
        end: 'declined' as const,
        steps: steps('price risk stock payment✘ undo:stock'),
        worth: undefined,
        reason: 'payment: CardDeclined',
      },
      ' ↺ 07 declined  an ordinary order  1.2 s ✔     ✔    ✔↺    ✘       ·        ·     ·       payment: CardDeclined',
    ],
    [
      80,
      {
        end: 'rejected' as const,
        steps: [],
        worth: undefined,
        reason: 'data.email: Invalid email address (received "nobody")',
      },
      ' ⊘ 07 an ordinary order  1.2 s email: Invalid email address (received "nobody")',
    ],
    [
      80,
      { struckBy: OUTAGE, steps: steps('price risk stock payment×3') },
      ' ✔ 07 payments down      1.2 s ✔     ✔    ✔     ✔×3     ·        ·     ·',
    ],
  ])('at %d columns: %j', (columns, change, expected) => {
    expect(line(columns, change as Parameters<typeof ended>[1])).toBe(expected);
  });

  test('otherwise than expected say so', () => {
    expect(line(120, { end: 'failed', right: false, reason: 'stock: Compensated.Contract: no' })).toMatch(
      /^ ✘ 07 failed .* expected fulfilled: stock: Co…$/,
    );
  });
});

test('the end of it: how orders ended, what struck them, the account with its parts and what does not add up', () => {
  const printed: Printed = { kind: 'result', result: RESULT, milliseconds: 25_400 };
  expect(written(printedLines(printed, told(ORDERS), 80))).toEqual([
    '                               price risk stock payment shipment event receipt',
    '',
    '   4 orders in 25.4 s: ✔ 2 fulfilled  ↺ 1 declined  ✘ 1 failed',
    '   payments down for 6.0 s struck 2 orders: 1 fulfilled, 1 undone',
    '   Something did not end as it should.',
    '',
    '   The account                                 ledgers     workflows',
    '   charged                                    1,440.00',
    '   refunded                                    −480.00',
    '   charged − refunded = sold                    960.00 =      960.00  ✔ adds up',
    '   holds kept = orders fulfilled                     3 ≠           2  ✘ WRONG',
    '',
  ]);
});

test('the keys say what they do now, and what is broken', () => {
  const staying = told(ORDERS, { kind: 'staying', breaks: 'the payment provider' });
  const screen = { columns: 80, rows: 24, now: 0 };
  expect(written(liveLines(staying, screen))).toEqual([
    '',
    ' o places an order    b breaks the payment provider    q ends it all',
  ]);
  expect(written(liveLines(reduce(staying, { kind: 'broken', broken: ['payments down'] }), screen))).toEqual([
    ' ! payments down',
    ' o places an order    b mends the payment provider    q ends it all',
  ]);
});

test.each([20, 40, 60, 80, 100, 120, 200])(
  'at %d columns nothing is wider than the terminal, and the live part never taller',
  (columns) => {
    const long = 'a reason that goes on and on '.repeat(10);
    const many = Array.from({ length: 30 }, (_, index) => sent(index + 1, 'a story that is much too long for it'));
    const wide = Array.from({ length: 25 }, (_, index) => ({ name: `step${index}`, label: `a-long-name-${index}` }));
    const next = { endpoint: long, logs: [long], definition: long, diagram: long, source: long, running: true };
    for (const steps of [COLUMNS, wide, []]) {
      const orders = told({ ...ORDERS, columns: steps }, ...many, went(3, 'price payment×4✘ settle:payment×12✘…'));
      const states = [
        beginning(0),
        reduce(beginning(0), {
          kind: 'stacks',
          stacks: Array.from({ length: 12 }, () => ({ name: long, resources: 3 })),
        }),
        orders,
        reduce(orders, { kind: 'order', at: 0, event: { kind: 'incident', incident: { ...OUTAGE, story: long } } }),
        reduce(orders, { kind: 'staying', breaks: long }),
        reduce(reduce(orders, { kind: 'staying', breaks: long }), { kind: 'broken', broken: [long, long] }),
      ];
      for (const rows of [5, 10, 24, 50]) {
        for (const state of states) {
          const lines = liveLines(state, { columns, rows, now: 99_999 });
          expect(lines.length).toBeLessThanOrEqual(rows - 2);
          for (const line of written(lines)) expect(widthOf(line)).toBeLessThan(columns);
        }
      }
      const printed: readonly Printed[] = [
        { kind: 'order', ended: ended(1_000, { end: 'failed', right: false, reason: long }) },
        { kind: 'order', ended: ended(1, { end: 'rejected', reason: long }) },
        { kind: 'incident', incident: OUTAGE, over: true },
        { kind: 'result', result: RESULT, milliseconds: 1 },
        { kind: 'next', next },
        { kind: 'note', text: long },
      ];
      for (const each of printed) {
        for (const line of written(printedLines(each, orders, columns))) expect(widthOf(line)).toBeLessThan(columns);
      }
    }
  },
);
