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
import { begin, options } from '../../test/fakes/workflows.ts';
import { contract, minutes } from '../contract/index.ts';
import { atomsOf, equals, isWorkflow, nodesOf, workflow } from './index.ts';

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
