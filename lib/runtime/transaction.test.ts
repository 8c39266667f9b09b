/** Effects that are DynamoDB writes: committed together with the record of the step, or not at all. */
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import * as z from 'zod';
import { KEY, stepStage } from '../../test/fakes/step-stage.ts';
import { compensation, contract, defaults, type Envelope, transaction } from '../contract/index.ts';
import type { Write } from './handler.ts';
import { DeclaredFailure } from './outcome.ts';
import type { StepRecord } from './record.ts';
import { serve } from './serve.ts';

const stage = stepStage([{ name: 'stock', partitionKey: 'sku', actions: ['UpdateItem', 'PutItem'] }]);

const base = { version: '1.0.0', summary: 'For a test.', effect: transaction } as const;
const reserve = contract({
  ...base,
  name: 'reserve-stock',
  input: z.object({ skus: z.array(z.string()) }),
  output: z.object({ holdId: z.string() }),
  failures: { OutOfStock: z.object({ sku: z.string() }) },
});
const release = compensation(reserve, { ...base, name: 'release-stock', output: z.object({ released: z.string() }) });

/** How often the handler ran. */
let runs = 0;
const take = (sku: string, more: Partial<Write> = {}): Write => ({
  Update: {
    TableName: 'stock',
    Key: { sku },
    UpdateExpression: 'SET available = available - :one',
    ConditionExpression: 'available >= :one',
    ExpressionAttributeValues: { ':one': 1 },
  },
  otherwise: new DeclaredFailure('OutOfStock', { sku }),
  ...more,
});
const reserving = (write = take) =>
  serve(reserve, ({ skus }) => {
    runs += 1;
    return { output: { holdId: `hold of ${skus.join()}` }, writes: skus.map((sku) => write(sku)) };
  });
const releasing = serve(release, ({ input: { skus }, output }) => ({
  output: { released: output.holdId },
  writes: skus.map((sku) => ({
    Update: {
      TableName: 'stock',
      Key: { sku },
      UpdateExpression: 'SET available = available + :one',
      ExpressionAttributeValues: { ':one': 1 },
    },
  })),
}));

const message = (more: Partial<Envelope> = {}) =>
  stage.message({ contract: 'reserve-stock@1.0.0', input: { skus: ['mug', 'pen'] }, ...more });
const available = () => stage.items('stock').map((item) => (item as { available: number }).available);
const committed = { output: { holdId: 'hold of mug,pen' } };
const outOfPens = { error: 'Declared.OutOfStock', cause: { sku: 'pen' } };
const cancelled =
  (...codes: readonly (string | undefined)[]) =>
  () => {
    const CancellationReasons = codes.map((Code) => (Code === undefined ? {} : { Code }));
    throw new TransactionCanceledException({ message: 'Cancelled', $metadata: {}, CancellationReasons });
  };
const collision = cancelled('None', 'TransactionConflict', 'None');

beforeEach(() => {
  runs = 0;
  stage.put('stock', { sku: 'mug', available: 5 });
  stage.put('stock', { sku: 'pen', available: 5 });
  jest.spyOn(Math, 'random').mockReturnValue(0);
});

describe('a transaction', () => {
  test('is committed once, however often it is delivered, and every delivery is answered', async () => {
    const atom = reserving();
    expect((await stage.deliver(atom, message())).heard).toEqual(committed);
    expect((await stage.deliver(atom, message())).heard).toEqual(committed);
    expect(available()).toEqual([4, 4]);
    expect(stage.record()).toEqual({
      ...KEY,
      status: 'COMPLETED',
      outcome: { value: committed.output },
      input: { skus: ['mug', 'pen'] },
      attempts: 1,
      contract: 'reserve-stock@1.0.0',
      correlationId: 'o-1',
      expiry: expect.any(Number),
    });
  });

  test('may put an item, in plain values', async () => {
    const putting = reserving((sku) => ({ Put: { TableName: 'stock', Item: { sku, available: 9, tags: ['new'] } } }));
    expect((await stage.deliver(putting, message())).heard).toEqual(committed);
    expect(stage.items('stock')).toContainEqual({ sku: 'pen', available: 9, tags: ['new'] });
  });

  test('is told that it is the first attempt: there is no other that could have been committed', async () => {
    const attempts: number[] = [];
    const atom = serve(reserve, (_, { attempt }) => {
      attempts.push(attempt);
      return { output: { holdId: 'h' }, writes: [] };
    });
    await stage.deliver(atom, message());
    expect(attempts).toEqual([1]);
  });

  test('leaves a record that outlives the last possible delivery by a day, in seconds', async () => {
    await stage.deliver(reserving(), message({ notAfter: stage.now + 1_500 }));
    expect(stage.record()?.expiry).toBe(stage.now / 1_000 + 2 + 86_400);
  });

  test('without writes leaves its record', async () => {
    expect((await stage.deliver(reserving(), message({ input: { skus: [] } }))).heard).toEqual({
      output: { holdId: 'hold of ' },
    });
    expect(stage.record()).toMatchObject({ status: 'COMPLETED', outcome: { value: { holdId: 'hold of ' } } });
    // A transaction of one item would cost twice as much.
    expect(stage.calls('TransactWriteItems')).toEqual([]);
  });

  test.each(['sent twice'] as const)('whose commit is %s takes from the stock once, and is answered', async (fault) => {
    stage.fail(fault);
    expect((await stage.deliver(reserving(), message())).heard).toEqual(committed);
    expect(available()).toEqual([4, 4]);
  });

  test('whose answer is lost takes from the stock once: what was committed is what is answered', async () => {
    stage.fail('answer lost');
    expect((await stage.deliver(reserving(), message())).heard).toEqual(committed);
    expect(available()).toEqual([4, 4]);
  });

  test('that is throttled is to be tried again, with nothing done', async () => {
    stage.fail('throttled');
    expect((await stage.deliver(reserving(), message())).heard).toEqual({
      error: 'Transient',
      cause: { message: 'Slow down.' },
    });
    expect([available(), stage.record()]).toEqual([[5, 5], undefined]);
  });

  test('that another delivery has committed meanwhile answers what that one did', async () => {
    const outcome = { value: { holdId: 'the other' } };
    stage.fail(() => stage.leave({ status: 'COMPLETED', outcome }));
    expect((await stage.deliver(reserving(), message())).heard).toEqual({ output: outcome.value });
    expect(available()).toEqual([5, 5]);
    // The refusal has brought the record with it.
    expect(stage.calls('GetItem')).toEqual([]);
    expect(stage.lines).toMatchObject([{ happening: 'replayed', heard: true }]);
  });

  test('that another delivery has committed, whose record does not come with the refusal, answers from the record as it is then', async () => {
    stage.fail(() => {
      stage.leave({ status: 'COMPLETED', outcome: { value: { holdId: 'the other' } } });
      cancelled('ConditionalCheckFailed')();
    });
    expect((await stage.deliver(reserving(), message())).heard).toEqual({ output: { holdId: 'the other' } });
    expect(stage.calls('GetItem')).toMatchObject([{ ConsistentRead: true }]);
  });

  test('that was settled as not happened while its handler ran does nothing', async () => {
    stage.fail(() => stage.leave({ status: 'COMPLETED', outcome: { fenced: 'settled before any attempt' } }));
    expect((await stage.deliver(reserving(), message())).heard).toMatchObject({ error: 'Fenced' });
    expect(available()).toEqual([5, 5]);
  });
});

test('numbers that JavaScript holds only nearly are recorded as it holds them', async () => {
  const large = contract({
    ...base,
    name: 'count-stars',
    input: z.object({}),
    output: z.object({ stars: z.number() }),
  });
  const atom = serve(large, () => ({ output: { stars: 2 ** 60 }, writes: [] }));
  const { heard } = await stage.deliver(atom, message({ contract: 'count-stars@1.0.0', input: {} }));
  expect(heard).toEqual({ output: { stars: 2 ** 60 } });
  expect(stage.record()).toMatchObject({ outcome: { value: { stars: 2 ** 60 } } });
});

test('where the idempotency that guards it has been switched off, nothing is run and nothing is committed', async () => {
  process.env.POWERTOOLS_IDEMPOTENCY_DISABLED = 'true';
  try {
    expect((await stage.deliver(reserving(), message())).heard).toEqual({
      error: 'Transient',
      cause: { message: 'POWERTOOLS_IDEMPOTENCY_DISABLED is set: nothing is done without a record.' },
    });
  } finally {
    delete process.env.POWERTOOLS_IDEMPOTENCY_DISABLED;
  }
  expect([runs, available()]).toEqual([0, [5, 5]]);
});

describe('a write whose condition does not hold', () => {
  beforeEach(() => {
    stage.put('stock', { sku: 'pen', available: 0 });
  });

  test('is the declared failure that it names: recorded, and the same for ever', async () => {
    const atom = reserving();
    expect((await stage.deliver(atom, message())).heard).toEqual(outOfPens);
    stage.put('stock', { sku: 'pen', available: 9 });
    expect((await stage.deliver(atom, message())).heard).toEqual(outOfPens);
    expect(available()).toEqual([5, 9]);
    expect(stage.record()).toMatchObject({
      status: 'COMPLETED',
      attempts: 1,
      outcome: { declined: { name: 'OutOfStock', payload: { sku: 'pen' } } },
    });
  });

  test('and that names no failure breaks the contract, and the write is told by its number', async () => {
    const silent = reserving((sku) => ({ ...take(sku), otherwise: undefined }) as never);
    expect((await stage.deliver(silent, message())).heard).toEqual({
      error: 'Contract',
      cause: {
        message: expect.stringMatching(
          /^The condition of write 2 of reserve-stock@1\.0\.0 does not hold, and the write does not say \(otherwise\) which declared failure that means\. /,
        ),
      },
    });
    expect([available(), stage.record()]).toEqual([[5, 0], undefined]);
  });

  test('and whose failure another delivery was first to record answers what that one recorded', async () => {
    const outcome = { value: { holdId: 'the other' } };
    stage.fail(undefined, () => stage.leave({ status: 'COMPLETED', outcome }));
    expect((await stage.deliver(reserving(), message())).heard).toEqual({ output: outcome.value });
  });

  test('and whose failure cannot be recorded now is to be tried again', async () => {
    stage.fail(undefined, 'throttled');
    expect((await stage.deliver(reserving(), message())).heard).toMatchObject({
      error: 'Transient',
      cause: { message: 'Slow down.' },
    });
    expect(stage.record()).toBeUndefined();
  });
});

describe('a transaction that DynamoDB cancels', () => {
  const commits = () => stage.calls('TransactWriteItems').length;

  test('because another writes the same item is tried again at once: the handler does not run anew', async () => {
    stage.fail(collision, cancelled('TransactionConflict', 'None', 'None'));
    expect((await stage.deliver(reserving(), message())).heard).toEqual(committed);
    expect([commits(), runs, available()]).toEqual([3, 1, [4, 4]]);
  });

  test('for that reason every time is left to the state machine after five commits', async () => {
    stage.fail(...Array.from({ length: defaults.collision.attempts + 1 }, () => collision));
    expect((await stage.deliver(reserving(), message())).heard).toEqual({
      error: 'Transient',
      cause: { message: 'The transaction collided with others.' },
    });
    expect(stage.lines).toMatchObject([{ error: { causes: [{ name: 'NotCommitted', conflict: true }, {}] } }]);
    expect(commits()).toBe(defaults.collision.attempts);
  });

  test.each([
    ['a throttled table', cancelled('None', 'ThrottlingError', undefined), 'None, ThrottlingError, None'],
    ['no reason at all', cancelled(), 'None'],
    [
      'what DynamoDB does not say',
      () => {
        throw new TransactionCanceledException({ message: 'Cancelled', $metadata: {} });
      },
      'None',
    ],
  ])('because of %s is left to the state machine, with the reasons', async (_, cancel, reasons) => {
    stage.fail(cancel);
    expect((await stage.deliver(reserving(), message())).heard).toEqual({
      error: 'Transient',
      cause: { message: `The transaction was cancelled: ${reasons}.` },
    });
    expect([commits(), available(), stage.record()]).toEqual([1, [5, 5], undefined]);
    expect(stage.lines).toMatchObject([
      {
        happening: 'failed',
        error: {
          causes: [
            { name: 'NotCommitted', message: 'The transaction was not committed.', conflict: false },
            { name: 'TransactionCanceledException', message: 'Cancelled' },
          ],
        },
      },
    ]);
  });
});

describe('the undo of a transaction', () => {
  const undo = () => stage.message({ verb: 'undo', contract: 'release-stock@1.0.0' });
  const undone = { output: { undone: true, reason: 'the step had happened' } };

  test('puts back what the step took, once, and a late delivery of the step is refused', async () => {
    await stage.deliver(reserving(), message());
    expect((await stage.deliver(releasing, undo())).heard).toEqual(undone);
    expect((await stage.deliver(releasing, undo())).heard).toEqual(undone);
    expect(available()).toEqual([5, 5]);
    expect(stage.record('shipment~undo')).toMatchObject({
      input: null,
      outcome: { value: { released: 'hold of mug,pen' } },
    });
    expect((await stage.deliver(reserving(), message())).heard).toEqual({
      error: 'Fenced',
      cause: { message: 'The step has been undone.' },
    });
  });

  test.each<readonly [string, Partial<StepRecord> | undefined, string]>([
    ['was never begun', undefined, 'the step was never begun'],
    [
      'was declined',
      { status: 'COMPLETED', outcome: { declined: { name: 'OutOfStock', payload: {} } } },
      'the step was declined: OutOfStock',
    ],
    [
      'was settled as not happened',
      { status: 'COMPLETED', outcome: { fenced: 'why' } },
      'the step was settled as not happened',
    ],
  ])('of a step that %s does nothing, and says why', async (_, left, reason) => {
    if (left) stage.leave(left);
    expect((await stage.deliver(releasing, undo())).heard).toEqual({ output: { undone: false, reason } });
    expect([available(), stage.record('shipment~undo')]).toEqual([[5, 5], undefined]);
    expect(stage.lines).toMatchObject([{ happening: 'done', verb: 'undo' }]);
  });

  test('that was itself settled as not happened is refused, and does not say that the step is undone', async () => {
    await stage.deliver(reserving(), message());
    stage.leave({ status: 'COMPLETED', outcome: { fenced: 'too late' } }, { ...KEY, step: 'shipment~undo' });
    expect((await stage.deliver(releasing, undo())).heard).toEqual({ error: 'Fenced', cause: { message: 'too late' } });
    expect(available()).toEqual([4, 4]);
  });

  test('of a step whose outcome nobody knows does nothing, and says so', async () => {
    stage.leave({ status: 'INPROGRESS', lease: 0, attempts: 1 });
    expect((await stage.deliver(releasing, undo())).heard).toEqual({
      error: 'OutcomeUnknown',
      cause: { message: 'Whether shipment happened is not known, so it cannot be undone.' },
    });
    expect(available()).toEqual([5, 5]);
  });

  test('that is late for its attempt does nothing, and leaves the step as it was', async () => {
    await stage.deliver(reserving(), message());
    const before = stage.record();
    expect(await stage.deliver(releasing, { ...undo(), notStartedAfter: stage.now - 1 })).toMatchObject({
      heard: undefined,
      acknowledged: true,
    });
    expect([available(), stage.record()]).toEqual([[4, 4], before]);
  });
});
