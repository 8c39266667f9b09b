import { DescribeTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  compensation,
  contract,
  days,
  dependency,
  keyed,
  lookup,
  minutes,
  table,
  transaction,
  unguarded,
} from '../contract/index.ts';
import { type Context, serve } from '../runtime/index.ts';
import { type AtomTestOptions, ExactnessError, testAtom } from './index.ts';

const base = { version: '1.0.0', summary: 'For a test.' } as const;
const accounts = table('accounts', { partitionKey: 'accountId' });
const examples = [{ input: { orderId: 'o-1' }, output: { id: 'i-1' } }];
const texts = { input: z.object({ orderId: z.string() }), output: z.object({ id: z.string() }) };
const bank = dependency('bank');

const transfer = contract({
  ...base,
  ...texts,
  name: 'transfer',
  failures: { Refused: z.object({ reason: z.string() }) },
  effect: keyed({ keyLifetime: days(1) }),
  dependency: bank,
  examples: [
    ...examples,
    { input: { orderId: 'o-2' }, failure: { name: 'Refused' as const, payload: { reason: 'no' } } },
  ],
});
const giveBack = compensation(transfer, {
  ...base,
  name: 'give-back',
  output: z.object({ reference: z.string() }),
  effect: keyed({ keyLifetime: days(1) }),
  dependency: bank,
});
const transferring = serve(transfer, async (order, { provider, fail }) => {
  const answer = await provider.post('/transfers', order, { expects: [422] });
  return answer.status === 422 ? fail('Refused', answer.body) : answer.body;
});
const givingBack = serve(giveBack, async ({ output }, { provider }) => (await provider.post('/returns', output)).body);

const withdraw = contract({
  ...base,
  name: 'withdraw',
  input: z.object({ accountId: z.string(), amount: z.int() }),
  output: z.object({ receipt: z.string() }),
  failures: { NotEnough: z.object({}) },
  effect: transaction,
  uses: [accounts.allow('UpdateItem', 'PutItem')],
});
const deposit = compensation(withdraw, {
  ...base,
  name: 'deposit',
  output: z.object({}),
  effect: transaction,
  uses: [accounts.allow('UpdateItem')],
});
type Transacting = Pick<Context<Record<never, never>>, 'table'>;
const add = ({ table: name }: Transacting, accountId: string, amount: number) => ({
  Update: {
    TableName: name(accounts),
    Key: { accountId },
    UpdateExpression: 'SET balance = balance + :amount',
    ExpressionAttributeValues: { ':amount': amount },
  },
});
const withdrawing = serve(withdraw, ({ accountId, amount }, context) => ({
  output: { receipt: context.key },
  writes: [add(context as Transacting, accountId, -amount)],
}));
const depositing = serve(deposit, ({ input }, context) => ({
  output: {},
  writes: [add(context, input.accountId, input.amount)],
}));
const account = {
  inputs: [{ accountId: 'a', amount: 3 }],
  tables: { accounts: [{ accountId: 'a', balance: 10 }] },
} satisfies AtomTestOptions;

const book = contract({
  ...base,
  ...texts,
  name: 'book',
  effect: lookup({ quietAfter: minutes(1) }),
  dependency: bank,
  examples,
});
type Asking = Context<Record<never, never>>;
const sends = async (order: object, { provider, key }: Asking) =>
  (await provider.post('/bookings', { ...order, reference: key })).body;
const asks = async (_: object, { provider, key }: Asking) => {
  const answer = await provider.get(`/bookings/${key}`, { expects: [404] });
  return answer.status === 404 ? undefined : answer.body;
};

describe('an atom that does as it should passes, whatever goes wrong', () => {
  test('with a provider that deduplicates, and its undo', () => testAtom(transferring, { undo: givingBack }), 60_000);
  test('with a transaction, and its undo', () => testAtom(withdrawing, { ...account, undo: depositing }), 60_000);
  test('with a provider that can only be asked', () => testAtom(serve(book, { do: sends, find: asks })), 60_000);
  test('where duplicates do no harm', async () => {
    const hint = contract({
      ...base,
      ...texts,
      name: 'hint',
      effect: unguarded({ duplicates: 'harmless' }),
      dependency: bank,
      examples,
    });
    await testAtom(serve(hint, async (order, { provider }) => (await provider.post('/hints', order)).body));
  }, 60_000);
});

test('where nobody can tell what happened, and twice would be harm, a person decides', async () => {
  const wire = contract({
    ...base,
    ...texts,
    name: 'wire',
    effect: unguarded({ duplicates: 'harmful' }),
    dependency: bank,
    examples,
  });
  await testAtom(serve(wire, async (order, { provider }) => (await provider.post('/wires', order)).body));
}, 60_000);

test('a provider that is asked in its own way says what was done', async () => {
  const listed = serve(book, {
    do: sends,
    find: async (_, { provider, key }) => {
      const { body } = await provider.get(`/bookings?reference=${key}`);
      return (body as unknown as readonly { id: string }[])[0];
    },
  });
  await testAtom(listed, { find: (_, done) => ({ status: 200, body: done ? [done.body] : [] }) });
}, 60_000);

describe('what an undo may leave otherwise', () => {
  const noting = serve(deposit, ({ input }, context) => ({
    output: {},
    writes: [
      {
        Update: {
          ...add(context, input.accountId, input.amount).Update,
          UpdateExpression: 'SET balance = balance + :amount, note = :note',
          ExpressionAttributeValues: { ':amount': input.amount, ':note': 'undone' },
        },
      },
    ],
  }));

  test('is found', async () => {
    const { invariant } = await finding(testAtom(withdrawing, { ...account, undo: noting }));
    expect(invariant).toBe('what was there before is as it was when it is undone');
  }, 60_000);

  test(
    'is allowed by its name',
    () => testAtom(withdrawing, { ...account, undo: noting, mayDiffer: ['note'] }),
    60_000,
  );
});

describe('what cannot be tried is refused', () => {
  test('a compensation without what it undoes', async () => {
    await expect(testAtom(depositing)).rejects.toThrow(
      'deposit@1.0.0 is a compensation, which is tried with what it undoes: testAtom(the handler of withdraw, { undo: handler }).',
    );
  });

  test('an atom with the undo of another', async () => {
    await expect(testAtom(withdrawing, { ...account, undo: givingBack as never })).rejects.toThrow(
      'give-back@1.0.0 undoes transfer@1.0.0, not withdraw@1.0.0.',
    );
  });

  test('an atom that asks AWS for what the test does not play', async () => {
    const client = new DynamoDBClient({});
    const asking = serve(withdraw, async (_, { key }) => {
      await client.send(new DescribeTableCommand({ TableName: 'accounts' }));
      return { output: { receipt: key }, writes: [] };
    });
    await expect(testAtom(asking, account)).rejects.toThrow(
      'withdraw-v1 sends DescribeTable to AWS, which is not played. Pass aws: { DescribeTable: (input) => ({ … }) }.',
    );
  });
});

/** What is found. */
const finding = (tried: Promise<void>): Promise<ExactnessError> =>
  tried.then(
    () => Promise.reject(new Error('Nothing was found.')),
    (error: unknown) => (error instanceof ExactnessError ? error : Promise.reject(error as Error)),
  );

describe('a mistake is found, with what it takes and what to change', () => {
  test('a handler that sends its request without the step’s key', async () => {
    const past = serve(transfer, async (order, context) => {
      const answer = await context.fetch('https://bank.test/transfers', {
        method: 'POST',
        body: JSON.stringify(order),
      });
      if (answer.status === 402) return context.fail('Refused', { reason: 'no' });
      if (!answer.ok) throw new Error(`The bank answered ${answer.status}.`);
      return answer.json() as never;
    });
    const { invariant, faults, message } = await finding(testAtom(past));
    expect([invariant, faults.length]).toEqual(['no effect happens twice', 1]);
    expect(message).toContain('context.provider.post');
    if (process.env.SHOW) console.error(message);
  }, 60_000);

  test('a request that is another one from the third attempt on', async () => {
    const changing = serve(transfer, async (order, { provider, attempt, fail }) => {
      const answer = await provider.post('/transfers', { ...order, hurry: attempt > 2 }, { expects: [402] });
      return answer.status === 402 ? fail('Refused', answer.body) : answer.body;
    });
    const { message, invariant } = await finding(testAtom(changing));
    expect(invariant).toBe('the provider is asked for the same in every attempt');
    if (process.env.SHOW) console.error(message);
  }, 60_000);

  test('a handler that writes itself instead of returning its writes', async () => {
    const client = new DynamoDBClient({});
    const writing = serve(withdraw, async ({ accountId, amount }, { key, table: name }) => {
      const Item = { accountId: { S: accountId }, balance: { N: String(10 - amount) } };
      await client.send(new PutItemCommand({ TableName: name(accounts), Item }));
      return { output: { receipt: key }, writes: [] };
    });
    const { message, faults } = await finding(testAtom(writing, account));
    expect(faults).toEqual([]);
    expect(message).toContain('It sends PutItem to DynamoDB.');
    if (process.env.SHOW) console.error(message);
  }, 60_000);

  test('an undo that throws', async () => {
    const throwing = serve(giveBack, () => {
      throw new TypeError('output.transferId is undefined');
    });
    const { message, faults } = await finding(testAtom(transferring, { undo: throwing }));
    expect(faults).toEqual([]);
    expect(message).toContain('output.transferId is undefined');
    if (process.env.SHOW) console.error(message);
  }, 60_000);

  test('an undo that undoes too much', async () => {
    const generous = serve(deposit, ({ input }, context) => ({
      output: {},
      writes: [add(context, input.accountId, 2 * input.amount)],
    }));
    const { message, faults } = await finding(testAtom(withdrawing, { ...account, undo: generous }));
    expect(faults).toEqual([]);
    expect(message).toContain('{"balance":10} before, and has {"balance":13}');
    if (process.env.SHOW) console.error(message);
  }, 60_000);

  test('a find that finds nothing of what was done', async () => {
    const blind = serve(book, { do: sends, find: async () => undefined });
    const { invariant, message } = await finding(testAtom(blind));
    expect(invariant).toBe('no effect happens twice');
    expect(message).toContain('find');
    if (process.env.SHOW) console.error(message);
  }, 60_000);

  test('a failure that is declared of what may have happened', async () => {
    const hasty = serve(transfer, async (order, { provider, fail }) => {
      try {
        const answer = await provider.post('/transfers', order, { expects: [402] });
        return answer.status === 402 ? fail('Refused', answer.body) : answer.body;
      } catch {
        return fail('Refused', { reason: 'no answer' });
      }
    });
    const { message, faults } = await finding(testAtom(hasty, { undo: givingBack }));
    expect(faults).toHaveLength(1);
    expect(message).toContain('throw');
    if (process.env.SHOW) console.error(message);
  }, 60_000);

  test.each([
    ['Date.now()', () => String(Date.now())],
    ['new Date()', () => new Date().toISOString()],
    ['Math.random()', () => String(Math.random())],
    ['crypto.randomUUID()', () => crypto.randomUUID()],
  ])(
    'a handler that calls %s',
    async (what, draw) => {
      const drawing = serve(withdraw, ({ accountId, amount }, context) => ({
        output: { receipt: draw() },
        writes: [add(context as Transacting, accountId, -amount)],
      }));
      const { message } = await finding(testAtom(drawing, account));
      expect(message).toContain(`It calls ${what}.`);
      expect(message).toContain('context.now()');
    },
    60_000,
  );
});
