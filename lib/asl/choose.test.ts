import { describe, expect, test } from '@jest/globals';
import { chargeCard, printLabel, refundCard, releaseStock, reserveStock } from '../../test/fakes/atoms.ts';
import { begin } from '../../test/fakes/workflows.ts';
import { equals, orElse, type Workflow } from '../workflow/index.ts';
import { compile } from './index.ts';

/** The states of a workflow by name; these tests look at single fields of them. */
// biome-ignore lint/suspicious/noExplicitAny: golden values are compared as they are
const states = (workflow: Workflow<any, any>): Record<string, any> => compile(workflow.plan).machine.States;

describe('choose', () => {
  const chosen = () =>
    begin().choose(
      'size',
      ({ input }) => equals(input.total, 0),
      (gift) => gift.returns(({ input }) => ({ label: input.orderId, copies: 2 })),
      (sale) => sale.returns(() => ({ label: 'sale', copies: 1 })),
    );

  test('whose value is used by a later step assigns it on each way', () => {
    const workflow = chosen()
      .step('label', printLabel, ({ size }) => ({ holdId: size.label }))
      .returns(({ label }) => label.labelId);

    expect(states(workflow).size).toEqual({
      Type: 'Choice',
      Choices: [
        {
          Condition: '{% $states.context.Execution.Input.total = 0 %}',
          Assign: { size: "{% {'label': $states.context.Execution.Input.orderId, 'copies': 2} %}" },
          Next: 'label',
        },
      ],
      Default: 'label',
      Assign: { size: { label: 'sale', copies: 1 } },
    });
    expect(states(workflow).label.Arguments.MessageBody.input).toBe("{% {'holdId': $size.label} %}");
  });

  test('whose value is used in returns only assigns nothing: each way gives the value itself', () => {
    const workflow = chosen().returns(({ size }) => ({ copies: size.copies, of: size.label }));

    expect(states(workflow)).toEqual({
      size: {
        Type: 'Choice',
        Choices: [
          {
            Condition: '{% $states.context.Execution.Input.total = 0 %}',
            Output:
              "{% {'status': 'succeeded', 'value': {'copies': 2, 'of': $states.context.Execution.Input.orderId}} %}",
            Next: 'end-succeeded',
          },
        ],
        Default: 'end-succeeded',
        Output: { status: 'succeeded', value: { copies: 1, of: 'sale' } },
      },
      'end-succeeded': { Type: 'Succeed' },
    });
  });

  test('whose value nobody uses assigns nothing', () => {
    const workflow = chosen()
      .step('label', printLabel, () => ({ holdId: '1' }))
      .returns(() => 'done');

    expect(states(workflow).size).toEqual({
      Type: 'Choice',
      Choices: [{ Condition: '{% $states.context.Execution.Input.total = 0 %}', Next: 'label' }],
      Default: 'label',
    });
  });

  test('whose value may be missing keeps it in a box, because an Assign must give something', () => {
    const workflow = begin()
      .choose(
        'note',
        ({ input }) => equals(input.total, 0),
        (gift) => gift.returns(({ input }) => input.note),
        (sale) => sale.returns(() => 'thank you'),
      )
      .step('label', printLabel, ({ note }) => ({ holdId: note as never }))
      .returns(() => 'done');

    const { note, label } = states(workflow);
    expect(note.Choices[0].Assign).toEqual({ note: "{% {'value': $states.context.Execution.Input.note} %}" });
    expect(note.Assign).toEqual({ note: "{% {'value': 'thank you'} %}" });
    expect(label.Arguments.MessageBody.input).toBe("{% {'holdId': $note.value} %}");
  });

  test('whose missing value has a default needs no box', () => {
    const workflow = begin()
      .choose(
        'note',
        ({ input }) => equals(input.total, 0),
        (gift) => gift.returns(({ input }) => orElse(input.note, 'gift')),
        (sale) => sale.returns(() => 'sale'),
      )
      .step('label', printLabel, ({ note }) => ({ holdId: note }))
      .returns(() => 'done');

    const { note, label } = states(workflow);
    expect([note.Choices[0].Assign, note.Assign]).toEqual([
      {
        note: "{% ($exists($states.context.Execution.Input.note) ? $states.context.Execution.Input.note : 'gift') %}",
      },
      { note: 'sale' },
    ]);
    expect(label.Arguments.MessageBody.input).toBe("{% {'holdId': $note} %}");
  });

  test('with steps on its ways passes on what the last of them gave', () => {
    const workflow = begin()
      .choose(
        'paid',
        ({ input }) => equals(input.total, 0),
        (gift) => gift.returns(() => 'gift'),
        (sale) =>
          sale
            .step('payment', chargeCard, ({ input }) => ({ orderId: input.orderId, amount: input.total }))
            .returns(({ payment }) => payment.chargeId),
      )
      .step('label', printLabel, ({ paid }) => ({ holdId: paid }))
      .returns(() => 'done');

    const { paid, payment } = states(workflow);
    expect([paid.Choices[0].Next, paid.Choices[0].Assign]).toEqual(['label', { paid: "{% {'value': 'gift'} %}" }]);
    expect([paid.Default, paid.Assign]).toEqual(['payment', undefined]);
    expect([payment.Next, payment.Assign]).toEqual(['label', { paid: "{% {'value': $states.result.chargeId} %}" }]);
  });

  test('in a way of another gives its value to it, and keeps no variable of its own', () => {
    const workflow = begin()
      .choose(
        'outer',
        ({ input }) => equals(input.total, 0),
        (yes) =>
          yes
            .choose(
              'inner',
              ({ input }) => equals(input.orderId, '1'),
              (first) => first.returns(() => ({ a: 1 })),
              (other) => other.returns(() => ({ a: 2 })),
            )
            .returns(({ inner }) => ({ b: inner.a })),
        (no) => no.returns(() => ({ b: 3 })),
      )
      .step('label', printLabel, ({ outer }) => ({ holdId: 'h', copies: outer.b }))
      .returns(() => 'done');

    const { inner, outer } = states(workflow);
    expect([inner.Choices[0].Assign, inner.Assign, outer.Assign]).toEqual([
      { outer: { b: 1 } },
      { outer: { b: 2 } },
      { outer: { b: 3 } },
    ]);
  });
});

describe('decline', () => {
  const declining = (payload: object) =>
    begin()
      .step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }), { undo: releaseStock })
      .choose(
        'review',
        ({ input }) => equals(input.total, 0),
        (gift) => gift.decline('NoGifts', () => payload as never),
        (sale) => sale.returns(() => 'sale'),
      )
      .step('label', printLabel, ({ stock }) => ({ holdId: stock.holdId }))
      .returns(() => 'done');

  test('in a branch leads to the undo of all that happened before, as a declared failure does', () => {
    expect(states(declining({ why: 'policy' })).review).toEqual({
      Type: 'Choice',
      Choices: [
        {
          Condition: '{% $states.context.Execution.Input.total = 0 %}',
          Assign: {
            failure:
              "{% {'Error': 'Declared.NoGifts', 'Cause': $string({'why': 'policy'}), 'step': 'review', 'declined': true} %}",
            parked: [],
          },
          Next: 'undo-stock',
        },
      ],
      Default: 'label',
    });
  });

  test('behind a step of its branch undoes that step, and what stands before', () => {
    const workflow = begin()
      .step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }), { undo: releaseStock })
      .choose(
        'review',
        ({ input }) => equals(input.total, 0),
        (gift) =>
          gift
            .step('fee', chargeCard, ({ input }) => ({ orderId: input.orderId, amount: 1 }), { undo: refundCard })
            .decline('NoGifts', ({ fee }) => ({ fee: fee.chargeId })),
        (sale) => sale.returns(() => 'sale'),
      )
      .returns(() => 'done');

    const { fee, 'undo-fee': undoFee } = states(workflow);
    expect(fee.Next).toBe('undo-fee');
    expect(fee.Assign.failure).toBe(
      "{% {'Error': 'Declared.NoGifts', 'Cause': $string({'fee': $states.result.chargeId}), 'step': 'review', 'declined': true} %}",
    );
    expect(undoFee.Next).toBe('undo-stock');
  });
});
