import { describe, expect, test } from '@jest/globals';
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
} from '../../test/fakes/atoms.ts';
import { contract, minutes } from '../contract/index.ts';
import { atomsOf, equals, isWorkflow, nodesOf, WorkflowError, type WorkflowOptions, workflow } from './index.ts';

const options: WorkflowOptions = { version: '1.0.0', deadline: minutes(15), slo: { availability: 0.999 } };
const begin = () => workflow('ship-order', orderPlaced, options);

const shipOrder = begin()
  .step('risk', assessRisk, ({ input }) => ({ total: input.total }))
  .choose(
    'review',
    ({ risk }) => equals(risk.level, 'high'),
    (high) => high.decline('RiskTooHigh', ({ risk }) => ({ score: risk.score })),
    (low) =>
      low
        .step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }), { undo: releaseStock })
        .returns(({ stock }) => stock.holdId),
  )
  .step('payment', chargeCard, ({ input }) => ({ orderId: input.orderId, amount: input.total }), { undo: refundCard })
  .emit(orderShipped, ({ input }) => ({ orderId: input.orderId }))
  .send('receipt', mailReceipt, ({ input }) => ({ orderId: input.orderId }))
  .returns(({ payment }) => ({ chargeId: payment.chargeId }));

describe('a plan', () => {
  const { plan } = shipOrder;

  test('is plain JSON data: written out and read in again it is the same', () => {
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test('is frozen in all its depth', () => {
    const thawed: string[] = [];
    const look = (value: unknown, path: string): void => {
      if (value === null || typeof value !== 'object') return;
      if (!Object.isFrozen(value)) thawed.push(path);
      for (const [key, each] of Object.entries(value)) look(each, `${path}.${key}`);
    };
    look(shipOrder.plan, 'plan');
    expect(thawed).toEqual([]);
    expect(Object.isFrozen(shipOrder)).toBe(true);
  });

  test('has its nodes in the order in which they were written, those of branches where they stand', () => {
    expect([...nodesOf(plan.body)].map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'step risk',
      'choose review',
      'step stock',
      'step payment',
      'emit orderShipped',
      'send receipt',
    ]);
  });

  test('knows of an atom what its contract promises, without schemas', () => {
    expect(atomsOf(plan)[1]).toEqual({
      name: 'reserve-stock',
      version: '1.0.0',
      effect: { kind: 'transaction' },
      timeout: { milliseconds: 10_000 },
      failures: ['OutOfStock'],
      calledDirectly: false,
    });
  });

  test('lists each atom once, compensations included', () => {
    expect(atomsOf(plan).map(({ name }) => name)).toEqual([
      'assess-risk',
      'reserve-stock',
      'release-stock',
      'charge-card',
      'refund-card',
      'mail-receipt',
    ]);
    expect([...shipOrder.contracts.keys()].sort()).toEqual(
      atomsOf(plan)
        .map(({ name, version }) => `${name}@${version}`)
        .sort(),
    );
  });

  test('names its end, the promises and the deadline', () => {
    expect(plan).toMatchObject({
      name: 'ship-order',
      version: '1.0.0',
      deadline: minutes(15),
      objectives: { availability: 0.999 },
      body: { end: { kind: 'returns' } },
    });
  });
});

describe('a workflow', () => {
  test('declared with an event is started by it, and takes its payload', () => {
    expect(shipOrder.startedBy).toBe(orderPlaced);
    expect(shipOrder.input).toBe(Order);
  });

  test('declared with a schema is started by no event', () => {
    const bare = workflow('ship-order', Order, options)
      .step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }))
      .returns(() => 1);
    expect(bare).not.toHaveProperty('startedBy');
    expect(bare.input).toBe(Order);
  });

  test('is told from other values', () => {
    expect([shipOrder, shipOrder.plan, null, undefined, 'workflow', begin()].map(isWorkflow)).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  test('half written can be ended in two ways that know nothing of each other', () => {
    const half = begin().step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }));
    const short = half.returns(({ stock }) => stock.holdId);
    const long = half.step('label', printLabel, ({ stock }) => ({ holdId: stock.holdId })).returns(() => 1);
    expect([...nodesOf(short.plan.body)].map(({ name }) => name)).toEqual(['stock']);
    expect([...nodesOf(long.plan.body)].map(({ name }) => name)).toEqual(['stock', 'label']);
  });

  test('may use two versions of one atom', () => {
    const newer = contract({ ...printLabel, version: '3.0.0' });
    const both = begin()
      .step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }))
      .step('first', printLabel, ({ stock }) => ({ holdId: stock.holdId }))
      .step('second', newer, ({ stock }) => ({ holdId: stock.holdId }))
      .returns(() => 1);
    expect([...both.contracts.keys()]).toEqual(['reserve-stock@1.0.0', 'print-label@2.1.0', 'print-label@3.0.0']);
  });
});

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
