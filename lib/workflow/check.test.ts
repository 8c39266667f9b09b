import { describe, expect, test } from '@jest/globals';
import { mailReceipt, orderShipped, printLabel, releaseStock, reserveStock } from '../../test/fakes/atoms.ts';
import { begin } from '../../test/fakes/workflows.ts';
import { equals, WorkflowError } from './index.ts';

describe('the pivot: what was told to others cannot be taken back', () => {
  const order = () =>
    begin().step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }), { undo: releaseStock });
  const label = { holdId: '1' };

  test.each<readonly [string, () => unknown, string]>([
    [
      'a step after an emit',
      () =>
        order()
          .emit(orderShipped, ({ input }) => ({ orderId: input.orderId }))
          .step('label', printLabel, () => label)
          .returns(() => 1),
      'Step "label" may fail after "orderShipped" has told others, and that cannot be taken back. Move "orderShipped" behind it.',
    ],
    [
      'a step after a send',
      () =>
        order()
          .send('receipt', mailReceipt, ({ input }) => ({ orderId: input.orderId }))
          .step('label', printLabel, () => label)
          .returns(() => 1),
      'Step "label" may fail after "receipt" has told others, and that cannot be taken back. Move "receipt" behind it.',
    ],
    [
      'a step after a choose of which one way has told others',
      () =>
        order()
          .choose(
            'gift',
            ({ input }) => equals(input.total, 0),
            (yes) => yes.emit(orderShipped, ({ input }) => ({ orderId: input.orderId })).returns(() => 1),
            (no) => no.returns(() => 2),
          )
          .step('label', printLabel, () => label)
          .returns(() => 1),
      'Step "label" may fail after "orderShipped" has told others, and that cannot be taken back. Move "orderShipped" behind it.',
    ],
    [
      'a step in a way of a choose after an emit',
      () =>
        order()
          .emit(orderShipped, ({ input }) => ({ orderId: input.orderId }))
          .choose(
            'gift',
            ({ input }) => equals(input.total, 0),
            (yes) => yes.step('label', printLabel, () => label).returns(() => 1),
            (no) => no.returns(() => 2),
          )
          .returns(() => 1),
      'Step "label" may fail after "orderShipped" has told others, and that cannot be taken back. Move "orderShipped" behind it.',
    ],
    [
      'a decline after an emit',
      () =>
        order()
          .emit(orderShipped, ({ input }) => ({ orderId: input.orderId }))
          .choose(
            'gift',
            ({ input }) => equals(input.total, 0),
            (yes) => yes.decline('NoGifts', () => ({})),
            (no) => no.returns(() => 2),
          )
          .returns(() => 1),
      'decline "NoGifts" undoes everything, but "orderShipped" has told others already. Decline before it.',
    ],
  ])('%s is refused', (_, write, message) => {
    expect(write).toThrow(new WorkflowError(message));
  });

  test('emits and sends may follow each other, and a choose of such', () => {
    expect(() =>
      order()
        .emit(orderShipped, ({ input }) => ({ orderId: input.orderId }))
        .choose(
          'gift',
          ({ input }) => equals(input.total, 0),
          (yes) =>
            yes.emit(orderShipped, ({ input }) => ({ orderId: input.orderId }), { name: 'again' }).returns(() => 1),
          (no) => no.send('receipt', mailReceipt, ({ input }) => ({ orderId: input.orderId })).returns(() => 2),
        )
        .returns(() => 1),
    ).not.toThrow();
  });
});
