import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, jest, test } from '@jest/globals';
import { z } from 'zod';
import {
  compensation,
  contract,
  days,
  dependency,
  keyed,
  lookup,
  mail,
  minutes,
  pure,
  seconds,
  table,
  transaction,
  unguarded,
} from '../contract/index.ts';
import {
  type Context,
  ContractBroken,
  environment,
  NotAttempted,
  OutcomeUnknown,
  serve,
  Transient,
} from '../runtime/index.ts';
import { AtomTestError, type ProviderRequest, type RunTraces, runAtom, settleAtom } from './index.ts';

const base = { version: '1.0.0', summary: 'For a test.' } as const;
const accounts = table('accounts', { partitionKey: 'accountId' });

const withdraw = contract({
  ...base,
  name: 'withdraw',
  input: z.object({ accountId: z.string(), amount: z.int() }),
  output: z.object({ receipt: z.string() }),
  failures: { NotEnough: z.object({ wanted: z.int() }) },
  effect: transaction,
  uses: [accounts.allow('UpdateItem')],
});

const withdrawing = serve(withdraw, ({ accountId, amount }, { key, table, fail }) => ({
  output: { receipt: key },
  writes: [
    {
      Update: {
        TableName: table(accounts),
        Key: { accountId },
        UpdateExpression: 'SET balance = balance - :amount',
        ConditionExpression: 'balance >= :amount',
        ExpressionAttributeValues: { ':amount': amount },
      },
      otherwise: fail('NotEnough', { wanted: amount }),
    },
  ],
}));

const bank = dependency('bank');

const transfer = contract({
  ...base,
  name: 'transfer',
  input: z.object({ amount: z.int() }),
  output: z.object({ id: z.string() }),
  failures: { Refused: z.object({ reason: z.string() }) },
  effect: keyed({ keyLifetime: days(1) }),
  dependency: bank,
});

const transferring = serve(transfer, async (order, { provider, fail }) => {
  const answer = await provider.post('/transfers', order, { expects: [402] });
  return answer.status === 402 ? fail('Refused', answer.body) : answer.body;
});

const double = contract({
  ...base,
  name: 'double',
  input: z.object({ number: z.coerce.number() }),
  output: z.object({ twice: z.number() }),
  effect: pure,
  timeout: seconds(1),
});

describe('a transaction', () => {
  const rich = { tables: { accounts: [{ accountId: 'a', balance: 10 }] } };

  test('gives its output, its writes and what the tables hold then', async () => {
    const { output, declared, writes, tables, key } = await runAtom(withdrawing, { accountId: 'a', amount: 4 }, rich);
    expect(output).toEqual({ receipt: key });
    expect(declared).toBeUndefined();
    expect(writes).toEqual([
      {
        Update: {
          TableName: 'accounts',
          Key: { accountId: 'a' },
          UpdateExpression: 'SET balance = balance - :amount',
          ConditionExpression: 'balance >= :amount',
          ExpressionAttributeValues: { ':amount': 4 },
        },
      },
    ]);
    expect(tables).toEqual({ accounts: [{ accountId: 'a', balance: 6 }] });
  });

  test('whose condition fails gives the declared failure, and nothing is written', async () => {
    const { output, declared, writes, tables } = await runAtom(withdrawing, { accountId: 'a', amount: 11 }, rich);
    expect(declared).toEqual({ name: 'NotEnough', payload: { wanted: 11 } });
    expect({ output, writes, tables }).toEqual({ output: undefined, writes: [], tables: rich.tables });
  });

  test('whose condition fails without a failure to declare breaks its contract', async () => {
    const silent = serve(withdraw, (_, { table }) => ({
      output: { receipt: 'r' },
      writes: [
        {
          Update: {
            TableName: table(accounts),
            Key: { accountId: 'a' },
            ConditionExpression: 'attribute_exists(accountId)',
          },
        },
      ],
    }));
    await expect(runAtom(silent, { accountId: 'a', amount: 1 })).rejects.toThrow(
      'The condition of write 1 of withdraw@1.0.0 does not hold, and the write does not say (otherwise)',
    );
  });

  test('that writes what its role would not allow is told so', async () => {
    const putting = serve(withdraw, (_, { table }) => ({
      output: { receipt: 'r' },
      writes: [{ Put: { TableName: table(accounts), Item: { accountId: 'a' } } }],
    }));
    const run = runAtom(putting, { accountId: 'a', amount: 1 });
    await expect(run).rejects.toThrow(AtomTestError);
    await expect(run).rejects.toThrow("uses: [….allow('UpdateItem', 'PutItem')]");
  });

  test('that DynamoDB would refuse for good is no passing trouble', async () => {
    const reserved = serve(withdraw, (_, { table }) => ({
      output: { receipt: 'r' },
      writes: [{ Update: { TableName: table(accounts), Key: { accountId: 'a' }, UpdateExpression: 'REMOVE status' } }],
    }));
    await expect(runAtom(reserved, { accountId: 'a', amount: 1 })).rejects.toThrow(
      'DynamoDB would refuse the UpdateExpression "REMOVE status": "status" is a reserved word.',
    );
  });

  test('of whose tables one is seeded that it does not use is told which it has', async () => {
    await expect(runAtom(withdrawing, { accountId: 'a', amount: 1 }, { tables: { account: [{}] } })).rejects.toThrow(
      'withdraw has no table "account"; its contract uses: "records", "accounts".',
    );
  });
});

describe('an atom with a provider', () => {
  test('asks it under the step’s key, and gives what it answers, without what the contract does not promise', async () => {
    const { output, requests, key } = await runAtom(
      transferring,
      { amount: 5 },
      {
        provider: () => ({ status: 201, body: { id: 't-1', internal: true } }),
      },
    );
    expect(output).toEqual({ id: 't-1' });
    expect(key).toMatch(/^[a-z2-7]{52}$/);
    expect(requests).toEqual([{ method: 'POST', path: '/transfers', body: { amount: 5 }, key }]);
  });

  test('has the same key in every attempt at a step, another one for another step', async () => {
    const provider = () => ({ status: 201, body: { id: 't' } });
    const keys = await Promise.all(
      [{}, { attempt: 3 }, { execution: 'pay:order-2' }].map(
        async (more) => (await runAtom(transferring, { amount: 5 }, { provider, ...more })).key,
      ),
    );
    expect(keys[0]).toBe(keys[1]);
    expect(keys[0]).not.toBe(keys[2]);
  });

  test('is answered by a function of the request, which may take its time', async () => {
    const provider = async ({ body }: { body: unknown }) =>
      (body as { amount: number }).amount > 100
        ? { status: 402, body: { reason: 'limit' } }
        : { status: 201, body: { id: 't' } };
    expect((await runAtom(transferring, { amount: 101 }, { provider })).declared).toEqual({
      name: 'Refused',
      payload: { reason: 'limit' },
    });
    expect((await runAtom(transferring, { amount: 100 }, { provider })).output).toEqual({ id: 't' });
  });

  test('may lose the connection, after or before the provider was reached', async () => {
    const lost = (cause?: unknown) => ({
      provider: () => {
        throw Object.assign(new TypeError('fetch failed'), { cause });
      },
    });
    await expect(runAtom(transferring, { amount: 5 }, lost())).rejects.toThrow(Transient);
    await expect(runAtom(transferring, { amount: 5 }, lost())).rejects.not.toThrow(NotAttempted);
    await expect(runAtom(transferring, { amount: 5 }, lost({ code: 'ECONNREFUSED' }))).rejects.toThrow(NotAttempted);
  });

  test('that nobody plays is told how to', async () => {
    await expect(runAtom(transferring, { amount: 5 })).rejects.toThrow(
      'transfer@1.0.0 asks bank: POST /transfers, and nobody plays it. Pass provider: ({ method, path, body, key }) => ({ status: 201, body: { … } }).',
    );
  });

  test('reaches nothing else', async () => {
    const curious = serve(transfer, async () => {
      await fetch('https://example.com/').catch(() => undefined);
      return { id: 't' };
    });
    await expect(runAtom(curious, { amount: 5 })).rejects.toThrow('transfer@1.0.0 fetches https://example.com/');
  });
});

describe('an effect that can be found', () => {
  const book = contract({ ...transfer, name: 'book', effect: lookup({ quietAfter: minutes(5) }) });
  const settleable = contract({
    ...transfer,
    name: 'book-by-key',
    effect: keyed({ keyLifetime: days(1), find: true, quietAfter: minutes(5) }),
  });
  const functions = {
    do: async (order: { amount: number }, { provider, key, fail }: Context<{ Refused: { reason: string } }>) => {
      const answer = await provider.post('/transfers', { ...order, reference: key }, { expects: [402] });
      return answer.status === 402 ? fail('Refused', answer.body) : answer.body;
    },
    find: async (_: unknown, { provider, key, fail }: Context<{ Refused: { reason: string } }>) => {
      const { status, body } = await provider.get(`/transfers/${key}`, { expects: [402, 404] });
      return status === 404 ? undefined : status === 402 ? fail('Refused', body) : body;
    },
  };
  const booking = serve(book, functions);
  const byKey = serve(settleable, functions);
  const order = { amount: 3 };
  const has = () => ({ status: 200, body: { id: 't-1' } });
  const hasNothing = ({ method }: ProviderRequest) => (method === 'GET' ? { status: 404 } : has());
  const methods = ({ requests }: RunTraces) => requests.map(({ method }) => method);

  test('is not asked for in the first attempt', async () => {
    const run = await runAtom(booking, order, { provider: has });
    expect([run.output, methods(run)]).toEqual([{ id: 't-1' }, ['POST']]);
  });

  test('is asked for in the second, and its handler does not run when it is found', async () => {
    const run = await runAtom(booking, order, { attempt: 2, provider: has });
    expect([run.output, run.requests]).toEqual([
      { id: 't-1' },
      [{ method: 'GET', path: `/transfers/${run.key}`, body: undefined, key: undefined }],
    ]);
  });

  test('runs its handler when nothing is found, at however many attempts', async () => {
    const run = await runAtom(booking, order, { attempt: 4, provider: hasNothing });
    expect([run.output, methods(run)]).toEqual([{ id: 't-1' }, ['GET', 'POST']]);
  });

  test('may be found refused', async () => {
    const provider = () => ({ status: 402, body: { reason: 'empty' } });
    const { declared } = await runAtom(booking, order, { attempt: 2, provider });
    expect(declared).toEqual({ name: 'Refused', payload: { reason: 'empty' } });
  });

  test('is asked for in vain, which is thrown with what find threw', async () => {
    const provider = () => {
      throw new Error('down');
    };
    await expect(runAtom(booking, order, { attempt: 2, provider })).rejects.toThrow(Transient);
  });

  test.each([
    ['looked up', booking],
    ['keyed', byKey],
  ])('and is %s is settled by asking: found, it happened, and that is recorded', async (_, atom) => {
    const settled = await settleAtom(atom, order, { provider: has });
    expect(settled).toMatchObject({ happened: true, output: { id: 't-1' } });
    expect(methods(settled)).toEqual(['GET']);
  });

  test('is settled by asking: not found, it did not happen, and will not', async () => {
    const settled = await settleAtom(byKey, order, { attempt: 2, provider: hasNothing });
    expect(settled).toMatchObject({ happened: false });
    expect(settled).not.toHaveProperty('output');
  });

  test('is settled by asking: refused, it did not happen, and why is recorded', async () => {
    const provider = () => ({ status: 402, body: { reason: 'empty' } });
    expect(await settleAtom(booking, order, { provider })).toMatchObject({
      happened: false,
      declared: { name: 'Refused', payload: { reason: 'empty' } },
    });
  });

  test('is to be settled again when nobody answers', async () => {
    await expect(settleAtom(booking, order, { provider: () => ({ status: 503 }) })).rejects.toThrow(Transient);
  });

  test('a keyed one without find is settled by issuing it again under its key', async () => {
    const settled = await settleAtom(transferring, order, { provider: has });
    expect(settled).toMatchObject({ happened: true, requests: [{ method: 'POST', key: settled.key }] });
  });

  test('a transaction that came to nothing is fenced', async () => {
    expect(await settleAtom(withdrawing, { accountId: 'a', amount: 1 })).toMatchObject({ happened: false, writes: [] });
  });
});

describe('a handler', () => {
  test('gets its input as its schema has parsed it', async () => {
    const handler = serve(double, ({ number }) => ({ twice: number + number }));
    expect((await runAtom(handler, { number: '2' })).output).toEqual({ twice: 4 });
  });

  test.each([
    ['an input', { number: 'x' }, () => ({ twice: 4 }), 'The input of double@1.0.0 breaks its contract. number:'],
    [
      'an output',
      { number: 2 },
      () => ({ twice: '4' }) as never,
      'The output of double@1.0.0 breaks its contract. twice:',
    ],
  ])('with %s that breaks the contract is refused, as the runtime does', async (_, input, handler, message) => {
    const run = runAtom(serve(double, handler), input);
    await expect(run).rejects.toThrow(ContractBroken);
    await expect(run).rejects.toThrow(message);
  });

  test('that takes too long is cut off', async () => {
    const slow = serve(double, () => new Promise<never>(() => undefined));
    await expect(runAtom(slow, { number: 1 })).rejects.toThrow('double took longer than its 1000 ms.');
  });

  test.each([
    ['called directly', () => runAtom(serve(double, stumbling), { number: 1 })],
    ['behind a queue', () => runAtom(serve(withdraw, stumbling), { accountId: 'a', amount: 1 })],
  ])('%s that stumbles is tried again, and the test sees over what', async (_, run) => {
    const error = await run().catch((each: unknown) => each);
    expect(error).toBeInstanceOf(Transient);
    expect((error as Error).cause).toBeInstanceOf(RangeError);
  });

  test('is told which attempt it is, when, and for whom', async () => {
    const seen = jest.fn();
    const watched = serve(transfer, (_, { attempt, execution, correlationId, now }) => {
      seen(attempt, execution, correlationId, now());
      return { id: 't' };
    });
    const now = new Date('2027-01-01T00:00:00Z');
    await runAtom(watched, { amount: 1 }, { attempt: 3, now, execution: 'pay:order-7' });
    expect(seen.mock.calls).toEqual([[3, 'pay:order-7', 'order-7', now]]);
  });

  test('of a pure atom is told which attempt it is', async () => {
    const counting = serve(double, (_, { attempt }) => ({ twice: attempt }));
    expect((await runAtom(counting, { number: 1 }, { attempt: 2 })).output).toEqual({ twice: 2 });
  });
});

test('after a lost attempt of an effect that nobody can ask about, a declared failure tells nothing', async () => {
  const notify = contract({
    ...base,
    name: 'notify',
    input: z.object({}),
    output: z.object({}),
    failures: { NoAddress: z.object({}) },
    effect: unguarded({ duplicates: 'harmless' }),
  });
  const refusing = serve(notify, (_, { fail }) => fail('NoAddress', {}));
  expect((await runAtom(refusing, {})).declared).toEqual({ name: 'NoAddress', payload: {} });
  await expect(runAtom(refusing, {}, { attempt: 2 })).rejects.toThrow(OutcomeUnknown);
});

describe('a compensation', () => {
  const deposit = compensation(withdraw, {
    ...base,
    name: 'deposit',
    output: z.object({ back: z.int() }),
    effect: transaction,
    uses: [accounts.allow('UpdateItem')],
  });
  const depositing = serve(deposit, ({ input, output }, { table }) => ({
    output: { back: output.receipt ? input.amount : 0 },
    writes: [
      {
        Update: {
          TableName: table(accounts),
          Key: { accountId: input.accountId },
          UpdateExpression: 'ADD balance :amount',
          ExpressionAttributeValues: { ':amount': input.amount },
        },
      },
    ],
  }));
  const step = { input: { accountId: 'a', amount: 4 }, output: { receipt: 'r' } };

  test('is given the step that it undoes', async () => {
    const { output, tables } = await runAtom(depositing, step, {
      tables: { accounts: [{ accountId: 'a', balance: 6 }] },
    });
    expect(output).toEqual({ back: 4 });
    expect(tables.accounts).toEqual([{ accountId: 'a', balance: 10 }]);
  });

  test('has a key of its own', async () => {
    const { key } = await runAtom(withdrawing, step.input, { tables: { accounts: [{ accountId: 'a', balance: 6 }] } });
    expect((await runAtom(depositing, step)).key).not.toBe(key);
  });

  test('with a provider may be tried again', async () => {
    const back = compensation(transfer, {
      ...base,
      name: 'transfer-back',
      output: z.object({ id: z.string() }),
      effect: keyed({ keyLifetime: days(1) }),
      dependency: bank,
    });
    const transferringBack = serve(back, async ({ output }, { provider, attempt }) => {
      const { body } = await provider.post('/back', { id: output.id, attempt });
      return body;
    });
    const { output, requests } = await runAtom(
      transferringBack,
      { input: { amount: 5 }, output: { id: 't-1' } },
      { attempt: 2, provider: () => ({ status: 201, body: { id: 'b-1' } }) },
    );
    expect(output).toEqual({ id: 'b-1' });
    expect(requests).toMatchObject([{ path: '/back', body: { id: 't-1', attempt: 2 } }]);
  });
});

describe('AWS', () => {
  const dynamoDB = new DynamoDBClient({});
  const remember = contract({
    ...base,
    name: 'remember',
    input: z.object({ accountId: z.string() }),
    output: z.object({ balance: z.number().optional() }),
    effect: unguarded({ duplicates: 'harmless' }),
    uses: [accounts.allow('GetItem', 'PutItem'), mail],
  });
  const remembering = serve(remember, async ({ accountId }, { table }) => {
    const TableName = table(accounts);
    const { Item } = await dynamoDB.send(new GetItemCommand({ TableName, Key: marshall({ accountId }) }));
    const { balance } = Item ? unmarshall(Item) : {};
    await dynamoDB.send(new PutItemCommand({ TableName, Item: marshall({ accountId, asked: true }) }));
    return balance === undefined ? {} : { balance };
  });

  test('a handler’s own clients read and write the same tables', async () => {
    const { output, tables } = await runAtom(
      remembering,
      { accountId: 'a' },
      {
        tables: { accounts: [{ accountId: 'a', balance: 3 }] },
      },
    );
    expect(output).toEqual({ balance: 3 });
    expect(tables.accounts).toEqual([{ accountId: 'a', asked: true }]);
  });

  const mailing = serve(remember, async () => {
    const Destination = { ToAddresses: ['ann@example.com'] };
    const Content = { Simple: { Subject: { Data: 's' }, Body: {} } };
    await new SESv2Client({}).send(
      new SendEmailCommand({ FromEmailAddress: environment('MAIL_FROM'), Destination, Content }),
    );
    return {};
  });

  test('other calls are answered by the test, and the environment is as the stack would set it', async () => {
    const SendEmail = jest.fn(() => ({ MessageId: 'm' }));
    await runAtom(mailing, { accountId: 'a' }, { aws: { SendEmail }, environment: { MAIL_FROM: 'shop@example.com' } });
    await runAtom(mailing, { accountId: 'a' }, { aws: { SendEmail } });
    expect(SendEmail.mock.calls).toMatchObject([
      [{ FromEmailAddress: 'shop@example.com' }],
      [{ FromEmailAddress: 'orders@example.com' }],
    ]);
    expect(process.env.MAIL_FROM).toBeUndefined();
  });

  test('what an answer throws, the client throws', async () => {
    const SendEmail = () => {
      throw Object.assign(new Error('slow down'), { name: 'TooManyRequestsException' });
    };
    await expect(runAtom(mailing, { accountId: 'a' }, { aws: { SendEmail } })).rejects.toThrow('slow down');
  });

  test('a call that the test says nothing of is refused, even if the handler makes nothing of it', async () => {
    const quiet = serve(remember, async () => {
      await dynamoDB.send(new PutItemCommand({ TableName: 'other', Item: {} })).catch(() => undefined);
      return {};
    });
    await expect(runAtom(mailing, { accountId: 'a' })).rejects.toThrow(
      'remember@1.0.0 sends SendEmail to AWS, and the test says nothing of it. Pass aws: { SendEmail: (input) => ({ … }) }.',
    );
    await expect(runAtom(quiet, { accountId: 'a' })).rejects.toThrow('remember has no table "other"');
  });
});

describe('what is put in the place of the outside', () => {
  test('is met by the atom alone, and taken away with the last of them', async () => {
    const { fetch } = globalThis;
    const outer = jest.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('"from outside"'));
    const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
    const { promise: answered, resolve: answer } = Promise.withResolvers<{ status: number; body: unknown }>();
    const run = runAtom(
      transferring,
      { amount: 5 },
      {
        provider: () => {
          ask();
          return answered;
        },
      },
    );
    await asked;
    const during = await (await globalThis.fetch('https://elsewhere.test/')).json();
    answer({ status: 201, body: { id: 't' } });
    await run;
    expect(during).toBe('from outside');
    expect(globalThis.fetch).toBe(outer);
    outer.mockRestore();
    expect(globalThis.fetch).toBe(fetch);
    expect(process.env.RECORDS_TABLE).toBeUndefined();
  });

  test('is each run’s own, when several run at a time', async () => {
    const runs = await Promise.all(
      [1, 2, 3].map((amount) =>
        runAtom(withdrawing, { accountId: 'a', amount }, { tables: { accounts: [{ accountId: 'a', balance: 3 }] } }),
      ),
    );
    expect(runs.map(({ tables }) => tables.accounts?.[0]?.balance)).toEqual([2, 1, 0]);
  });

  test('keeps the runtime’s log lines to itself, and lets the handler’s pass', async () => {
    const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    const talking = serve(double, () => {
      console.log('a line of the handler');
      return { twice: 2 };
    });
    await runAtom(talking, { number: 1 });
    expect(log.mock.calls).toEqual([['a line of the handler']]);
    log.mockRestore();
  });
});

function stumbling(): never {
  throw new RangeError('too far');
}

test('what is logged is there to be looked at: the handler’s lines, and the one that the runtime writes', async () => {
  const counting = contract({ ...base, name: 'count', input: z.object({}), output: z.object({}), effect: pure });
  const printed = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  try {
    const atom = serve(counting, (_, { log, id }) => {
      log('counted', { id: id('a') });
      console.log('something else');
      return {};
    });
    const { log } = await runAtom(atom, {});
    const again = await runAtom(atom, {});
    expect(log).toMatchObject([
      { message: 'counted', step: 'step', fields: { id: expect.any(String) } },
      { happening: 'done', step: 'step' },
    ]);
    expect(again.log[0]?.fields).toEqual(log[0]?.fields);
    // Of what the runtime writes nothing is printed.
    expect(printed.mock.calls.flat().filter((line) => String(line).includes('happening'))).toEqual([]);
    expect(printed.mock.calls.flat().filter((line) => line === 'something else')).toHaveLength(2);
  } finally {
    printed.mockRestore();
  }
});
