import { expect, test } from '@jest/globals';
import {
  assessRisk,
  chargeCard,
  mailReceipt,
  Order,
  orderShipped,
  printLabel,
  refundCard,
  releaseStock,
  reserveStock,
} from '../../test/fakes/atoms.ts';
import { begin, options } from '../../test/fakes/workflows.ts';
import { atLeast, equals, workflow } from '../workflow/index.ts';
import { diagramOf } from './index.ts';

const lines = (text: string): readonly string[] => text.split('\n').map((line) => line.trim());

test('steps stand one after another, each with its atom and how it is reached', () => {
  const flow = begin()
    .step('risk', assessRisk, ({ input }) => ({ total: input.total }))
    .step('label', printLabel, ({ input }) => ({ holdId: input.orderId }))
    .returns(({ label }) => ({ labelId: label.labelId }));
  expect(diagramOf(flow.plan)).toBe(`flowchart TD
  start(["ship-order 1.0.0"])
  step_risk("risk<br/>assess-risk<br/>called directly")
  start --> step_risk
  step_label["label<br/>print-label<br/>queue"]
  step_risk --> step_label
  succeeded(["succeeded<br/>labelId"])
  step_label --> succeeded`);
});

test('a declared failure leads to the undo of what came before, any other one to the step’s own, newest first', () => {
  const flow = begin()
    .step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }), { undo: releaseStock })
    .step('payment', chargeCard, ({ input }) => ({ orderId: input.orderId, amount: 1 }), { undo: refundCard })
    .returns(() => 'done');
  expect(lines(diagramOf(flow.plan)).slice(8)).toEqual([
    'undo_payment["undo payment<br/>refund-card"]:::undo',
    'step_payment -.->|"fails"| undo_payment',
    'undo_payment -.-> undo_stock',
    'undo_stock["undo stock<br/>release-stock"]:::undo',
    'step_stock -.->|"fails"| undo_stock',
    'undo_stock -.-> ended',
    'step_stock -.->|"OutOfStock"| ended',
    'step_payment -.->|"CardDeclined"| undo_stock',
    'ended(["declined or failed,<br/>everything undone"])',
    'classDef undo stroke-dasharray: 4 3',
  ]);
});

test('a choice goes by its conditions, its ways meet again, and one that declines goes back', () => {
  const flow = begin()
    .step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }), { undo: releaseStock })
    .choose(
      'size',
      ({ input }) => atLeast(input.total, 100),
      (large) => large.step('risk', assessRisk, ({ input }) => ({ total: input.total })).returns(() => 'large'),
      (small) =>
        small
          .choose(
            'gift',
            ({ input }) => equals(input.note, 'gift'),
            (yes) => yes.decline('NoGifts', () => ({})),
            (no) => no.returns(() => 'small'),
          )
          .returns(({ gift }) => gift),
    )
    .choose(
      'late',
      ({ input }) => atLeast(input.total, 1_000),
      (yes) =>
        yes
          .step('fee', chargeCard, ({ input }) => ({ orderId: input.orderId, amount: 1 }), { undo: refundCard })
          .decline('TooLate', () => ({})),
      (no) => no.returns(() => 'in time'),
    )
    .returns(({ size }) => size);
  expect(lines(diagramOf(flow.plan)).slice(4, 21)).toEqual([
    'choose_size{"size"}',
    'step_stock --> choose_size',
    'step_risk("risk<br/>assess-risk<br/>called directly")',
    'choose_size -->|"input.total ≥ 100"| step_risk',
    'choose_gift{"gift"}',
    'choose_size -->|"otherwise"| choose_gift',
    'decline_1["decline: NoGifts"]',
    'choose_gift -->|"input.note is #34;gift#34;"| decline_1',
    'decline_1 -.-> undo_stock',
    'choose_late{"late"}',
    'step_risk --> choose_late',
    'choose_gift -->|"otherwise"| choose_late',
    'step_fee["fee<br/>charge-card<br/>queue"]',
    'choose_late -->|"input.total ≥ 1000"| step_fee',
    'decline_2["decline: TooLate"]',
    'step_fee --> decline_2',
    'decline_2 -.-> undo_fee',
  ]);
});

test('the pivot is the first time on a way that others are told', () => {
  const told = (choice: 'both' | 'one') =>
    begin()
      .choose(
        'size',
        ({ input }) => atLeast(input.total, 100),
        (large) => large.emit(orderShipped, ({ input }) => ({ orderId: input.orderId })).returns(() => 'large'),
        (small) =>
          choice === 'one'
            ? small.returns(() => 'small')
            : small.send('note', mailReceipt, ({ input }) => ({ orderId: input.orderId })).returns(() => 'small'),
      )
      .send('receipt', mailReceipt, ({ input }) => ({ orderId: input.orderId }))
      .returns(() => 'done');
  const pivots = (choice: 'both' | 'one') =>
    lines(diagramOf(told(choice).plan)).flatMap((line) => /^(\w+)>.*:::pivot$/.exec(line)?.[1] ?? []);
  expect(pivots('both')).toEqual(['emit_orderShipped', 'send_note']);
  expect(pivots('one')).toEqual(['emit_orderShipped', 'send_receipt']);
  expect(diagramOf(told('both').plan)).toContain(
    'send_note>"note<br/>send to mail-receipt<br/>pivot: nothing is undone from here on"]:::pivot',
  );
});

test('where nothing is undone, what declines just ends so', () => {
  const flow = workflow('odd', Order, options)
    .step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }))
    .returns(() => 'done');
  expect(lines(diagramOf(flow.plan)).slice(-2)).toEqual(['step_stock -.->|"OutOfStock"| ended', 'ended(["declined"])']);
});

test('a word of Mermaid’s own may name a step, and no text of a user breaks out of its label', () => {
  const flow = workflow('odd', Order, options)
    .choose(
      'end',
      ({ input }) => equals(input.orderId, '"]\n%%{init}%% <b>`#quot;\u2028 日本'),
      (yes) => yes.returns(() => 1),
      (no) => no.returns(() => 2),
    )
    .returns(({ end }) => end);
  const text = diagramOf(flow.plan);
  expect(text).toContain('start --> choose_end');
  expect(text).toContain(
    '-->|"input.orderId is #34;#92;#34;#93;#92;n#37;#37;#123;init#125;#37;#37; #60;b#62;#96;#35;quot#59;#8232; 日本#34;"|',
  );
});
