import { describe, expect, test } from '@jest/globals';
import {
  chargeCard,
  mailReceipt,
  Order,
  orderShipped,
  printLabel,
  releaseStock,
  reserveStock,
} from '../../test/fakes/atoms.ts';
import { begin, options } from '../../test/fakes/workflows.ts';
import { equals, workflow } from './index.ts';

describe('a mistake is refused at its line', () => {
  const stocked = () =>
    begin().step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }), { undo: releaseStock });
  const cases: readonly (readonly [string, () => unknown, string])[] = [
    [
      'a workflow whose name is no kebab-case',
      () => workflow('shipOrder', Order, options),
      'Workflow "shipOrder": Its name becomes part of ARNs and queue names. Use lower-case words joined by hyphens, at most 48 characters, such as charge-payment.',
    ],
    [
      'a version of two numbers',
      () => workflow('ship-order', Order, { ...options, version: '1.0' }),
      'Workflow "ship-order": The version is "1.0". Write a semantic version of three numbers, such as 1.0.0.',
    ],
    [
      'an availability in per cent',
      () => workflow('ship-order', Order, { ...options, slo: { availability: 99.9 } }),
      'Workflow "ship-order": its availability is 99.9; write a share below 1, such as 0.999.',
    ],
    [
      'an availability of 1, which leaves no error budget',
      () => workflow('ship-order', Order, { ...options, slo: { availability: 1 } }),
      'Workflow "ship-order": its availability is 1; write a share below 1, such as 0.999.',
    ],
    ['a workflow without steps', () => begin().returns(() => 1), 'Workflow "ship-order" has no steps.'],
    [
      'a workflow that always declines',
      () => stocked().decline('Closed', () => ({})),
      'Workflow "ship-order" declines always. Decline in a branch of choose.',
    ],
    [
      'a step name that is no identifier',
      () => begin().step('reserve-stock', reserveStock, ({ input }) => ({ orderId: input.orderId })),
      '"reserve-stock" cannot name a step: use an identifier of at most 60 letters and digits that begins with a small letter, such as reserveStock.',
    ],
    [
      'a step name that exists',
      () => stocked().step('stock' as never, printLabel, () => ({ holdId: '1' })),
      'A step "stock" already exists. Every step has a name of its own.',
    ],
    [
      'a step named after a step of a branch',
      () =>
        stocked()
          .choose(
            'review',
            ({ input }) => equals(input.total, 1),
            (then) => then.step('label', printLabel, () => ({ holdId: '1' })).returns(() => 1),
            (otherwise) => otherwise.returns(() => 2),
          )
          .step('label', printLabel, () => ({ holdId: '1' })),
      'A step "label" already exists. Every step has a name of its own.',
    ],
    [
      'a step of one branch named after a step of the other',
      () =>
        stocked().choose(
          'review',
          ({ input }) => equals(input.total, 1),
          (then) => then.step('label', printLabel, () => ({ holdId: '1' })).returns(() => 1),
          (otherwise) => otherwise.step('label', printLabel, () => ({ holdId: '1' })).returns(() => 2),
        ),
      'A step "label" already exists. Every step has a name of its own.',
    ],
    [
      'a step of a branch named after its choose',
      () =>
        stocked().choose(
          'review',
          ({ input }) => equals(input.total, 1),
          (then) => then.step('review', printLabel, () => ({ holdId: '1' })).returns(() => 1),
          (otherwise) => otherwise.returns(() => 2),
        ),
      'A step "review" already exists. Every step has a name of its own.',
    ],
    [
      'an event published twice under its own name',
      () =>
        stocked()
          .emit(orderShipped, ({ input }) => ({ orderId: input.orderId }))
          .emit(orderShipped, ({ input }) => ({ orderId: input.orderId })),
      'A step "orderShipped" already exists. Every step has a name of its own.',
    ],
    [
      'an undo of another atom',
      () =>
        begin().step('payment', chargeCard, ({ input }) => ({ orderId: input.orderId, amount: 1 }), {
          undo: releaseStock as never,
        }),
      'Step "payment": release-stock undoes reserve-stock, not charge-card. Declare it with compensation(chargeCard, …).',
    ],
    [
      'an undo that is no compensation',
      () =>
        begin().step('payment', chargeCard, ({ input }) => ({ orderId: input.orderId, amount: 1 }), {
          undo: mailReceipt as never,
        }),
      'Step "payment": mail-receipt undoes nothing, not charge-card. Declare it with compensation(chargeCard, …).',
    ],
    [
      'a send of an atom with declared failures',
      () =>
        begin().send(
          'payment',
          chargeCard as never,
          (({ input }: never) => ({
            orderId: input,
            amount: 1,
          })) as never,
        ),
      'send "payment": charge-card declares CardDeclined, and nobody waits to hear of it. Use step instead.',
    ],
    [
      'an input that no state machine can carry',
      () => begin().step('stock', reserveStock, () => ({ orderId: new Date() as never })),
      'input of step "stock".orderId is a Date, which a state machine cannot carry. Write plain objects, lists, strings and numbers.',
    ],
    [
      'a payload of an event with a hole in it',
      () => begin().emit(orderShipped, () => ({ orderId: undefined as never })),
      'payload of event "orderShipped".orderId is undefined, which a state machine cannot carry. Leave the key out, or write a JSON value.',
    ],
    [
      'an input of a send with a hole in it',
      () => begin().send('receipt', mailReceipt, () => ({ orderId: undefined as never })),
      'input of send "receipt".orderId is undefined, which a state machine cannot carry. Leave the key out, or write a JSON value.',
    ],
    [
      'a value that cannot be returned',
      () => stocked().returns(() => Number.NaN),
      'the value that is returned is NaN, which a state machine cannot carry. JSON knows finite numbers only.',
    ],
    [
      'a decline in camelCase',
      () =>
        stocked().choose(
          'review',
          ({ input }) => equals(input.total, 1),
          (then) => then.decline('riskTooHigh', () => ({})),
          (otherwise) => otherwise.returns(() => 2),
        ),
      'decline "riskTooHigh": name the reason in PascalCase, such as RiskTooHigh.',
    ],
    [
      'a decline whose payload is no object, so that its cause would be no JSON',
      () =>
        stocked().choose(
          'review',
          ({ input }) => equals(input.total, 1),
          (then) => then.decline('RiskTooHigh', (() => 'fraud') as never),
          (otherwise) => otherwise.returns(() => 2),
        ),
      'decline "RiskTooHigh": its payload is an object, such as { reason: … }.',
    ],
    [
      'a reference read as a value',
      () => begin().step('stock', reserveStock, ({ input }) => ({ orderId: `order ${input.orderId as never}` })),
      'input.orderId exists only when the workflow runs, and was used here as a value (Symbol(Symbol.toPrimitive)). Pass it on as it is; compare it with equals(…) or greaterThan(…) in choose; give a default with orElse(…).',
    ],
  ];

  test.each(cases)('%s', (_, mistake, message) => {
    expect(mistake).toThrow(new Error(message));
  });
});
