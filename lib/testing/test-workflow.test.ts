import { afterEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { compensation, contract, days, dependency, keyed, minutes, table, transaction } from '../contract/index.ts';
import { serve } from '../runtime/index.ts';
import { workflow } from '../workflow/index.ts';
import {
  AtomTestError,
  ExactnessError,
  invariant,
  ofEachOrder,
  testWorkflow,
  type WorkflowTestOptions,
} from './index.ts';

const base = { version: '1.0.0', summary: 'For a test.' } as const;
const seats = table('seats', { partitionKey: 'show' });
const bank = dependency('bank');
const Order = z.object({ show: z.string(), card: z.string() });

const takeSeat = contract({
  ...base,
  name: 'take-seat',
  input: z.object({ show: z.string() }),
  output: z.object({ seat: z.string() }),
  failures: { SoldOut: z.object({}) },
  effect: transaction,
  uses: [seats.allow('UpdateItem')],
});
const freeSeat = compensation(takeSeat, {
  ...base,
  name: 'free-seat',
  output: z.object({}),
  effect: transaction,
  uses: [seats.allow('UpdateItem')],
});
const charge = contract({
  ...base,
  name: 'charge',
  input: z.object({ card: z.string() }),
  output: z.object({ chargeId: z.string() }),
  failures: { Declined: z.object({}) },
  effect: keyed({ keyLifetime: days(1) }),
  dependency: bank,
});

const move = (TableName: string, show: string, by: number) => ({
  TableName,
  Key: { show },
  UpdateExpression: 'SET vacant = vacant + :by',
  ConditionExpression: 'vacant >= :least',
  ExpressionAttributeValues: { ':by': by, ':least': -by },
});
const taking = serve(takeSeat, ({ show }, { key, table: name, fail }) => ({
  output: { seat: key },
  writes: [{ Update: move(name(seats), show, -1), otherwise: fail('SoldOut', {}) }],
}));
const freeing = serve(freeSeat, ({ input }, { table: name }) => ({
  output: {},
  writes: [{ Update: move(name(seats), input.show, 1) }],
}));
const charging = serve(charge, async ({ card }, { provider, fail }) =>
  card === 'empty' ? fail('Declined', {}) : (await provider.post('/charges', { card })).body,
);

const sellTicket = workflow('sell-ticket', Order, {
  version: '1.0.0',
  deadline: minutes(15),
  slo: { availability: 0.99 },
})
  .step('seat', takeSeat, ({ input }) => ({ show: input.show }), { undo: freeSeat })
  .step('payment', charge, ({ input }) => ({ card: input.card }))
  .returns(({ payment }) => payment.chargeId);

const options = {
  atoms: [taking, freeing, charging],
  paths: {
    sold: () => ({ show: 'a', card: 'full' }),
    declined: () => ({ show: 'a', card: 'empty' }),
    'sold out': () => ({ show: 'b', card: 'full' }),
  },
  tables: {
    seats: [
      { show: 'a', vacant: 100_000 },
      { show: 'b', vacant: 0 },
    ],
  },
} satisfies WorkflowTestOptions<z.input<typeof Order>>;

const taken = invariant('a seat is taken for each who keeps the order', ({ tables, orders }) => {
  const gone = 100_000 - Number(tables.seats?.find(({ show }) => show === 'a')?.vacant);
  return gone <= orders.length || `${gone} seats are gone.`;
});
const paid = ofEachOrder('who has a ticket has paid', ({ id, stays }, { ledgers }) => {
  const charges = (ledgers.bank ?? []).filter(({ id: done, step }) => done && step?.includes(`:${id}/`)).length;
  return !stays || charges === 1 || `${charges} charges.`;
});

afterEach(() => {
  delete process.env.BREAKWATER_REPLAY;
});

const finding = (tried: Promise<unknown>): Promise<ExactnessError> =>
  tried.then(
    () => Promise.reject(new Error('Nothing was found.')),
    (error: unknown) => (error instanceof ExactnessError ? error : Promise.reject(error as Error)),
  );

describe('a workflow that is exact', () => {
  test('passes, and says what of its state machines was exercised and what never', async () => {
    const tested = await testWorkflow(sellTicket, { ...options, invariants: [taken, paid] });
    expect(tested.schedules).toBeGreaterThan(200);
    expect(tested.exercised).toEqual(expect.arrayContaining(['sell-ticket/seat', 'sell-ticket/payment Retry[0]']));
    expect([...tested.exercised, ...tested.never].sort()).toEqual(
      [...new Set([...tested.exercised, ...tested.never])].sort(),
    );
    expect(String(tested)).toMatch(
      /^sell-ticket: \d+ schedules, \d+ orders, nothing wrong\.\nExercised: \d+ of \d+ states, \d+ of \d+ retriers, \d+ of \d+ catches\./,
    );
    if (process.env.SHOW) console.error(String(tested));
  }, 120_000);

  test('says of a path that is not tried that it was never taken', async () => {
    const { never } = await testWorkflow(sellTicket, { ...options, paths: { 'sold out': options.paths['sold out'] } });
    expect(never).toContain('sell-ticket/payment');
  }, 120_000);

  test('passes in a swarm', async () => {
    const tested = await testWorkflow(sellTicket, {
      ...options,
      paths: { sold: options.paths.sold },
      swarm: 80,
      invariants: [taken, paid],
    });
    expect(tested.orders).toBeGreaterThanOrEqual(80);
  }, 120_000);
});

describe('a world that does not fit the workflow is refused', () => {
  test('when a path makes no input of it', async () => {
    const paths = { ...options.paths, sold: () => ({ show: 'a' }) as never };
    await expect(testWorkflow(sellTicket, { ...options, paths })).rejects.toThrow(
      /^The path "sold" makes no input of sell-ticket\. card: /,
    );
  });

  test('when a provider is none of its atoms’', async () => {
    const providers = [{ name: 'bnak', operations: [] }];
    await expect(testWorkflow(sellTicket, { ...options, providers })).rejects.toThrow(
      'No atom of sell-ticket depends on the provider "bnak"; they depend on: bank.',
    );
  });
});

describe('a mistake in one of its handlers', () => {
  const keeping = serve(freeSeat, () => ({ output: {}, writes: [] }));
  const mistaken = { ...options, atoms: [taking, keeping, charging] };

  test('is told with the story, and with the command that runs it again', async () => {
    const { invariant: broken, message } = await finding(testWorkflow(sellTicket, mistaken));
    expect(broken).toBe('after a failure every effect that happened is undone, once, the newest first');
    expect(message).toContain('sell-ticket: order declined, and seat was not undone.');
    const replay = /BREAKWATER_REPLAY='(.*)' npm test$/.exec(message)?.[1];
    expect(replay).toBeDefined();

    process.env.BREAKWATER_REPLAY = replay;
    expect((await finding(testWorkflow(sellTicket, mistaken))).message).toBe(message);
    expect(await testWorkflow(sellTicket, options)).toMatchObject({ schedules: 1, orders: 1 });
    if (process.env.SHOW) console.error(message);
  }, 120_000);

  test('is found by an invariant of one’s own', async () => {
    const free = ofEachOrder(
      'nobody pays',
      ({ id }, { effects }) => !effects.some(({ order, by }) => order === id && by === 'provider') || 'somebody paid.',
    );
    const { message } = await finding(testWorkflow(sellTicket, { ...options, invariants: [free] }));
    expect(message).toContain('sell-ticket: order: somebody paid.\nIt has to hold that nobody pays.');
  }, 120_000);

  test('is told if a path of it fails with nothing going wrong', async () => {
    const throwing = serve(charge, () => {
      throw new TypeError('card is undefined');
    });
    const { message, faults } = await finding(
      testWorkflow(sellTicket, { ...options, atoms: [taking, freeing, throwing] }),
    );
    expect(faults).toEqual([]);
    expect(message).toContain('TypeError: card is undefined');
  }, 120_000);

  test('is what the test does not provide for, if it asks for that', async () => {
    const asking = serve(charge, async (_, { fetch }) => (await fetch('https://elsewhere.test/')).json() as never);
    const tried = testWorkflow(sellTicket, { ...options, atoms: [taking, freeing, asking] });
    await expect(tried).rejects.toThrow(AtomTestError);
    await expect(tried).rejects.toThrow('charge-v1 fetches https://elsewhere.test/');
  }, 120_000);
});

test('what DynamoDB would refuse is told, though the runtime would try it again', async () => {
  const mistyped = serve(takeSeat, ({ show }, { key, table: name }) => ({
    output: { seat: key },
    writes: [{ Update: { ...move(name(seats), show, -1), ConditionExpression: 'free >= :least' } }],
  }));
  const tried = testWorkflow(sellTicket, { ...options, atoms: [mistyped, freeing, charging] });
  await expect(tried).rejects.toThrow(AtomTestError);
  await expect(tried).rejects.toThrow('"free" is a reserved word');
});

test('a replay that nobody can read is refused', async () => {
  process.env.BREAKWATER_REPLAY = '{"workflow"';
  await expect(testWorkflow(sellTicket, options)).rejects.toThrow('BREAKWATER_REPLAY is no JSON: {"workflow"');
});
