/** Workflows of the small shop in every shape that the language has. */
import { hours, minutes } from '../../lib/contract/index.ts';
import {
  and,
  atLeast,
  atMost,
  differs,
  equals,
  greaterThan,
  lessThan,
  not,
  or,
  orElse,
  type WorkflowOptions,
  workflow,
} from '../../lib/workflow/index.ts';
import {
  assessRisk,
  chargeCard,
  mailReceipt,
  Order,
  orderPlaced,
  orderShipped,
  printLabel,
  refundCard,
  releaseStock,
  reserveStock,
} from './atoms.ts';

export const options: WorkflowOptions = { version: '1.0.0', deadline: minutes(15), slo: { availability: 0.999 } };

export const begin = () => workflow('ship-order', orderPlaced, options);

/** One step after another, each but the label with its undo. */
export const straight = begin()
  .step('risk', assessRisk, ({ input }) => ({ total: input.total }))
  .step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }), { undo: releaseStock })
  .step('payment', chargeCard, ({ input }) => ({ orderId: input.orderId, amount: input.total }), { undo: refundCard })
  .step('label', printLabel, ({ stock }) => ({ holdId: stock.holdId }))
  .emit(orderShipped, ({ input }) => ({ orderId: input.orderId }))
  .send('receipt', mailReceipt, ({ input }) => ({ orderId: input.orderId }))
  .returns(({ payment, label }) => ({ chargeId: payment.chargeId, labelId: label.labelId }));

/** Ways with steps in them, one in another, values used behind them, declines in them. */
export const branching = begin()
  .step('risk', assessRisk, ({ input }) => ({ total: input.total }))
  .choose(
    'review',
    ({ risk, input }) =>
      or(equals(risk.level, 'high'), and(greaterThan(risk.score, 50), not(lessThan(input.total, 10)))),
    (high) =>
      high
        .step('fee', chargeCard, ({ input }) => ({ orderId: input.orderId, amount: 1 }), { undo: refundCard })
        .choose(
          'appeal',
          ({ input }) => atLeast(input.total, 1_000),
          (yes) => yes.returns(({ fee, input }) => ({ reference: fee.chargeId, note: input.note })),
          (no) => no.decline('TooRisky', ({ risk, fee }) => ({ score: risk.score, fee: fee.chargeId })),
        )
        .returns(({ appeal }) => appeal),
    (low) => low.returns(({ input }) => ({ reference: 'none', note: orElse(input.note, "it's “fine” {% 1 %}") })),
  )
  .step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }), { undo: releaseStock })
  .choose(
    'gift',
    ({ input }) => differs(input.gift.text, ''),
    (yes) => yes.returns(({ input }) => input.gift.text),
    (no) => no.returns(() => 'no gift'),
  )
  .step('label', printLabel, ({ review }) => ({ holdId: orElse(review.note, ''), copies: 1 }))
  .choose(
    'size',
    ({ input }) => atMost(input.total, 5),
    (small) => small.emit(orderShipped, ({ input }) => ({ orderId: input.orderId })).returns(() => 'small'),
    (large) => large.send('receipt', mailReceipt, ({ input }) => ({ orderId: input.orderId })).returns(() => 'large'),
  )
  .returns(({ label, review, gift, size }) => ({ label, reference: review.reference, gift, size, all: [gift, size] }));

/** Nothing but a choice, and literals that look like something else. */
export const literal = workflow('odd-values', Order, { ...options, deadline: hours(1) })
  .choose(
    'kind',
    ({ input }) => equals(input.orderId, 'a "quoted" one, it\'s %} in {% 日本 \\ \u2028'),
    (yes) => yes.returns(() => '{% $states.context.Execution.Id %}'),
    (no) => no.decline('Unknown', ({ input }) => ({ "it's": input.note, 'a "b"': '%}' })),
  )
  .returns(({ kind }) => kind);
