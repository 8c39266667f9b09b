/** docs/protocol.md for effects that are DynamoDB writes: committed together with the record of the step, exactly once. */
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { compensation, contract, seconds, table, transaction, type Verb } from '../../lib/contract/index.ts';
import { type AtomFunction, serve } from '../../lib/runtime/index.ts';
import type { StepRecord } from '../../lib/runtime/record.ts';
import { envelope } from '../fakes/delivery.ts';
import { stageUnderTest } from '../fakes/protocol.ts';

const stage = stageUnderTest('step-protocol-transaction');
const stock = table('stock', { partitionKey: 'sku' });

const reserve = contract({
  name: 'reserve-stock',
  version: '1.0.0',
  summary: 'Sets products aside.',
  input: z.object({ sku: z.string(), quantity: z.int() }),
  output: z.object({ left: z.string() }),
  failures: { OutOfStock: z.object({ sku: z.string() }) },
  effect: transaction,
  timeout: seconds(1),
});
const release = compensation(reserve, {
  name: 'release-stock',
  version: '1.0.0',
  summary: 'Puts products back.',
  output: z.object({ left: z.string() }),
  effect: transaction,
  timeout: seconds(1),
});

/** An instance of the Lambda function that takes from the stock. */
const reserving = (failing: 'declines' | 'breaks its contract' = 'declines'): AtomFunction =>
  serve(reserve, ({ sku, quantity }, { table: name, fail }) => ({
    output: { left: 'some' },
    writes: [
      {
        Update: {
          TableName: name(stock),
          Key: { sku },
          UpdateExpression: 'SET available = available - :quantity',
          ConditionExpression: 'available >= :quantity',
          ExpressionAttributeValues: { ':quantity': quantity },
        },
        ...(failing === 'declines' ? { otherwise: fail('OutOfStock', { sku }) } : {}),
      },
    ],
  }));

const releasing = (): AtomFunction =>
  serve(release, ({ input }, { table: name }) => ({
    output: { left: 'more' },
    writes: [
      {
        Update: {
          TableName: name(stock),
          Key: { sku: input.sku },
          UpdateExpression: 'SET available = available + :quantity',
          ExpressionAttributeValues: { ':quantity': input.quantity },
        },
      },
    ],
  }));

const ended = { status: 'COMPLETED', attempts: 1 } as const;
const states = {
  absent: undefined,
  done: { ...ended, outcome: { value: { left: 'some' } } },
  declined: { ...ended, outcome: { declined: { name: 'OutOfStock', payload: { sku: 'mug' } } } },
  fenced: { ...ended, outcome: { fenced: 'settled before any attempt' } },
  'done and undone': { ...ended, outcome: { value: { left: 'some' } }, undoneAt: 1 },
  // A transaction leaves no such record; should one be there, nothing is done that cannot be told.
  open: { status: 'INPROGRESS', attempts: 1, lease: 0 },
} as const satisfies Record<string, Partial<StepRecord> | undefined>;
type State = keyof typeof states;

let orders = 0;

/** A fresh order that wants 2 of a product of which there are 5, its step `stock` in a state. */
async function order(state: State = 'absent', available = 5) {
  orders += 1;
  const key = { execution: `ship-order:t-${orders}-`, step: 'stock' };
  const sku = `mug-${orders}`;
  const input = { sku, quantity: 2 };
  await stage.setStock(sku, available);
  const left = states[state];
  if (left) await stage.leave({ ...left, input, ...key });
  const message = (verb: Verb, more: object = {}) =>
    envelope({
      ...key,
      verb,
      contract: verb === 'undo' ? 'release-stock@1.0.0' : 'reserve-stock@1.0.0',
      ...(verb === 'do' ? { input } : {}),
      ...more,
    });
  return { key, sku, input, message, record: () => stage.record(key), stock: () => stage.stock(sku) };
}

const output = { output: { left: 'some' } };
const fenced = { error: 'Fenced', cause: { message: expect.any(String) } };

describe('a do delivery', () => {
  test.each<readonly [State, unknown, number]>([
    ['absent', output, 3],
    ['done', output, 5],
    ['declined', { error: 'Declared.OutOfStock', cause: { sku: 'mug' } }, 5],
    ['fenced', fenced, 5],
    ['done and undone', fenced, 5],
  ])('of a step that is %s is answered, and acknowledged', async (state, heard, available) => {
    const { message, stock: inStock } = await order(state);
    const waiting = await stage.waiting();
    expect(await stage.give(reserving(), message('do', { token: waiting.token }))).toBe(true);
    expect(await waiting.heard()).toEqual(heard);
    expect(await inStock()).toBe(available);
  });

  test('commits its writes and its record together', async () => {
    const { message, record, input } = await order();
    await stage.give(reserving(), message('do'));
    expect(await record()).toMatchObject({ status: 'COMPLETED', input, outcome: { value: { left: 'some' } } });
  });

  test('whose condition does not hold ends as the declared failure that the write names, for ever', async () => {
    const { message, sku, record, stock: inStock } = await order('absent', 1);
    const [first, second] = [await stage.waiting(), await stage.waiting()];
    const declined = { error: 'Declared.OutOfStock', cause: { sku } };
    await stage.give(reserving(), message('do', { token: first.token }));
    expect(await first.heard()).toEqual(declined);
    expect(await record()).toMatchObject({ outcome: { declined: { name: 'OutOfStock', payload: { sku } } } });
    await stage.setStock(sku, 5);
    await stage.give(reserving(), message('do', { token: second.token }));
    expect(await second.heard()).toEqual(declined);
    expect(await inStock()).toBe(5);
  });

  test('whose condition does not hold, and that does not say what it means, breaks its contract and leaves no record', async () => {
    const { message, record, stock: inStock } = await order('absent', 1);
    const waiting = await stage.waiting();
    await stage.give(reserving('breaks its contract'), message('do', { token: waiting.token }));
    expect(await waiting.heard()).toEqual({
      error: 'Contract',
      cause: {
        message: expect.stringContaining(
          'The condition of write 1 of reserve-stock@1.0.0 does not hold, and the write does not say (otherwise) which declared failure that means.',
        ),
      },
    });
    expect([await record(), await inStock()]).toEqual([undefined, 1]);
  });

  test('whose answer was lost after the commit finds its record there, answers, and takes from the stock once', async () => {
    const { key, message, stock: inStock } = await order();
    const [first, second] = [await stage.waiting(), await stage.waiting()];
    stage.fail(key.execution, 'TransactWriteItems', 'answer lost');
    for (const { token } of [first, second]) await stage.give(reserving(), message('do', { token }));
    expect([await first.heard(), await second.heard()]).toEqual([output, output]);
    expect(await inStock()).toBe(3);
    expect(stage.happenings(key.execution)).toEqual(['replayed', 'replayed']);
  });

  test('whose commit was refused for now leaves it to the next', async () => {
    const { key, message, stock: inStock } = await order();
    const [first, second] = [await stage.waiting(), await stage.waiting()];
    stage.fail(key.execution, 'TransactWriteItems', 'throttled');
    for (const { token } of [first, second]) await stage.give(reserving(), message('do', { token }));
    expect([await first.heard(), await second.heard()]).toMatchObject([{ error: 'Transient' }, output]);
    expect(await inStock()).toBe(3);
  });

  test('that collides with another order tries again at once', async () => {
    const { key, message, stock: inStock } = await order();
    const waiting = await stage.waiting();
    stage.fail(key.execution, 'TransactWriteItems', 'collides', { times: 4 });
    await stage.give(reserving(), message('do', { token: waiting.token }));
    expect(await waiting.heard()).toEqual(output);
    expect(await inStock()).toBe(3);
  });

  test('that collides again and again leaves it to the state machine', async () => {
    const { key, message, record } = await order();
    const waiting = await stage.waiting();
    stage.fail(key.execution, 'TransactWriteItems', 'collides', { times: 5 });
    await stage.give(reserving(), message('do', { token: waiting.token }));
    expect(await waiting.heard()).toEqual({
      error: 'Transient',
      cause: { message: 'The transaction collided with others.' },
    });
    expect(await record()).toBeUndefined();
  });

  test('that is cancelled for another reason says which, and is not tried again at once', async () => {
    const { key, message } = await order();
    const waiting = await stage.waiting();
    stage.fail(key.execution, 'TransactWriteItems', 'cancelled');
    await stage.give(reserving(), message('do', { token: waiting.token }));
    expect(await waiting.heard()).toEqual({
      error: 'Transient',
      cause: { message: 'The transaction was cancelled: None, ValidationError.' },
    });
  });

  test('twice at the same time commits once, and answers each token', async () => {
    const { message, stock: inStock } = await order();
    const [first, second] = [await stage.waiting(), await stage.waiting()];
    await stage.deliver(
      [reserving(), reserving()],
      [first, second].map(({ token }) => message('do', { token })),
    );
    expect([await first.heard(), await second.heard()]).toEqual([output, output]);
    expect(await inStock()).toBe(3);
  });

  test('of many orders at the same time takes exactly what is there', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => order('absent')));
    const sku = all[0]?.sku ?? '';
    await stage.setStock(sku, 9);
    const waiting = await Promise.all(all.map(() => stage.waiting()));
    await Promise.all(
      all.map(({ message }, index) =>
        stage.give(reserving(), message('do', { token: waiting[index]?.token, input: { sku, quantity: 2 } })),
      ),
    );
    const heard = await Promise.all(waiting.map((each) => each.heard()));
    expect(heard.filter((each) => typeof each === 'object' && 'output' in each)).toHaveLength(4);
    expect(
      heard.filter((each) => typeof each === 'object' && 'error' in each && each.error === 'Declared.OutOfStock'),
    ).toHaveLength(4);
    expect(await stage.stock(sku)).toBe(1);
  });
});

describe('settle', () => {
  test.each<readonly [State, object]>([
    ['absent', { happened: false, reason: 'no attempt was ever begun' }],
    ['done', { happened: true, reason: 'the step is recorded as done' }],
    ['declined', { happened: false, reason: 'the step was declined: OutOfStock' }],
    ['fenced', { happened: false, reason: 'settled before any attempt' }],
    ['done and undone', { happened: true, reason: 'the step is recorded as done' }],
    ['open', { happened: 'unknown', reason: expect.any(String) }],
  ])('of a step that is %s finds out, and takes nothing from the stock', async (state, settlement) => {
    const { message, stock: inStock } = await order(state);
    expect(await stage.settle(reserving(), message('settle'))).toEqual(settlement);
    expect(await inStock()).toBe(5);
  });

  test('of a step that was never begun fences it: a copy that was held back takes nothing', async () => {
    const { message, stock: inStock } = await order();
    await stage.settle(reserving(), message('settle'));
    const waiting = await stage.waiting();
    await stage.give(reserving(), message('do', { token: waiting.token }));
    expect(await waiting.heard()).toEqual(fenced);
    expect(await inStock()).toBe(5);
  });

  test('at the same time as a do agrees with it, whoever is first', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const { message, stock: inStock } = await order();
        const waiting = await stage.waiting();
        const [settlement] = await Promise.all([
          stage.settle(reserving(), message('settle')).catch(() => stage.settle(reserving(), message('settle'))),
          stage.give(reserving(), message('do', { token: waiting.token })),
        ]);
        return [settlement.happened, await inStock(), 'output' in Object(await waiting.heard())];
      }),
    );
    for (const outcome of outcomes) {
      expect([
        [true, 3, true],
        [false, 5, false],
      ]).toContainEqual(outcome);
    }
  });
});

describe('undo', () => {
  const nothing = (reason: string) => ({ output: { undone: false, reason } });
  const undone = { output: { undone: true, reason: 'the step had happened' } };

  test.each<readonly [State, unknown, number]>([
    ['absent', nothing('the step was never begun'), 5],
    ['done', undone, 7],
    ['declined', nothing('the step was declined: OutOfStock'), 5],
    ['fenced', nothing('the step was settled as not happened'), 5],
    ['open', { error: 'OutcomeUnknown', cause: expect.anything() }, 5],
  ])('of a step that is %s is answered', async (state, heard, available) => {
    const { message, stock: inStock } = await order(state);
    const waiting = await stage.waiting();
    await stage.give(releasing(), message('undo', { token: waiting.token }));
    expect(await waiting.heard()).toEqual(heard);
    expect(await inStock()).toBe(available);
  });

  test('twice, and twice at the same time, puts back once', async () => {
    const { message, stock: inStock } = await order('done');
    const waiting = [await stage.waiting(), await stage.waiting(), await stage.waiting()];
    const messages = waiting.map(({ token }) => message('undo', { token }));
    await stage.deliver([releasing(), releasing()], messages.slice(0, 2));
    await stage.deliver([releasing()], messages.slice(2));
    expect(await Promise.all(waiting.map((each) => each.heard()))).toEqual([undone, undone, undone]);
    expect(await inStock()).toBe(7);
  });

  test('whose answer was lost after the commit puts back once', async () => {
    const { key, message, stock: inStock } = await order('done');
    const [first, second] = [await stage.waiting(), await stage.waiting()];
    stage.fail(key.execution, 'TransactWriteItems', 'answer lost');
    await stage.give(releasing(), message('undo', { token: first.token }));
    await stage.give(releasing(), message('undo', { token: second.token }));
    expect([await first.heard(), await second.heard()]).toEqual([undone, undone]);
    expect(await inStock()).toBe(7);
  });

  test('is followed by no do', async () => {
    const { message, stock: inStock } = await order('done');
    await stage.give(releasing(), message('undo'));
    const waiting = await stage.waiting();
    await stage.give(reserving(), message('do', { token: waiting.token }));
    expect(await waiting.heard()).toEqual(fenced);
    expect(await inStock()).toBe(7);
  });
});

test('a transaction that is done is answered though its handler stumbles over its own effect', async () => {
  const { key, message } = await order();
  await stage.give(reserving(), message('do'));
  const stumbling = serve(reserve, () => {
    throw new RangeError('There is nothing left to reserve.');
  });
  const waiting = await stage.waiting();
  await stage.give(stumbling, message('do', { token: waiting.token }));
  expect(await waiting.heard()).toEqual(output);
  expect(stage.happenings(key.execution)).toEqual(['done', 'replayed']);
});

test('a transaction that is undone is refused though its handler fails first', async () => {
  const { message } = await order('done and undone');
  const waiting = await stage.waiting();
  const failing = serve(reserve, () => {
    throw new RangeError('no');
  });
  await stage.give(failing, message('do', { token: waiting.token }));
  expect(await waiting.heard()).toEqual(fenced);
});

test('a transaction without writes leaves its record all the same, and replays', async () => {
  const { key, message, record } = await order();
  const nothing = () => serve(reserve, () => ({ output: { left: 'all' }, writes: [] }));
  await stage.give(nothing(), message('do'));
  await stage.give(nothing(), message('do'));
  expect(await record()).toMatchObject({ status: 'COMPLETED', outcome: { value: { left: 'all' } } });
  expect(stage.happenings(key.execution)).toEqual(['done', 'replayed']);
});

test('a transaction whose handler declines is declined for ever', async () => {
  const { key, message, record, stock: inStock } = await order();
  await stage.give(
    serve(reserve, (_, { fail }) => fail('OutOfStock', { sku: 'mug' })),
    message('do'),
  );
  await stage.give(reserving(), message('do'));
  expect(await record()).toMatchObject({ outcome: { declined: { name: 'OutOfStock' } } });
  expect(await inStock()).toBe(5);
  expect(stage.happenings(key.execution)).toEqual(['declined', 'replayed']);
});
