import { expect, test } from '@jest/globals';
import type { Visit } from '../../operations/index.ts';
import type { AppAccess, ExecutionState } from '../access/index.ts';
import type { AccountLine, DemonstratedOrder, Demonstration, Incident } from './demonstration.ts';
import { type DemonstrationEvent, runDemonstration } from './run.ts';

interface Course {
  readonly state: Partial<ExecutionState> & Pick<ExecutionState, 'status'>;
  readonly payments?: number;
  readonly failed?: boolean;
}

/**
 * The app as far as a demonstration asks it: what becomes of an order is given; an order that nothing is given for is
 * rejected. Every order has come to its end when it is first looked at.
 */
class FakeApp {
  readonly faults: string[] = [];
  readonly published: string[] = [];
  readonly sandbox = {
    setFault: async (_: unknown, id: string) => this.faults.push(`+${id}`),
    removeFault: async (_: string, id: string) => this.faults.push(`-${id}`),
  };
  readonly #courses: Readonly<Record<string, Course>>;

  constructor(courses: Readonly<Record<string, Course>>) {
    this.#courses = courses;
  }

  async publish({ id }: { readonly id: string }): Promise<void> {
    this.published.push(id);
  }

  async execution(_: string, id: string): Promise<ExecutionState | undefined> {
    const state = this.#courses[id]?.state;
    return state && { startedAt: new Date(0), ...state };
  }

  async journey(_: string, id: string): Promise<readonly Visit[]> {
    const { payments = 1, failed = false } = this.#courses[id] ?? {};
    const visit = { state: 'payment', attempts: payments, left: true, enteredAt: new Date(0) };
    return [failed ? { ...visit, error: 'Transient' } : visit];
  }

  async peek(): Promise<readonly { Body: string; MessageAttributes: object }[]> {
    return [{ Body: '{"id":"order-3"}', MessageAttributes: { reason: { StringValue: 'data.email: no' } } }];
  }
}

const FULFILLED: Course = { state: { status: 'SUCCEEDED', output: { status: 'succeeded', value: { total: 100 } } } };
const DECLINED: Course = {
  state: {
    status: 'SUCCEEDED',
    output: { status: 'declined', failure: { step: 'payment', name: 'CardDeclined', cause: '{}' } },
  },
};
const FAILED: Course = {
  state: { status: 'FAILED', error: 'Compensated.Transient', cause: '{"step":"payment","Cause":"no answer"}' },
  payments: 4,
  failed: true,
};

const OUTAGE: Incident = {
  story: 'payments down',
  fault: { kind: 'down', provider: 'payments' },
  afterOrders: 0,
  milliseconds: 50,
  step: 'payment',
  ends: ['failed'],
};

const order = (number: number, change: Partial<DemonstratedOrder> = {}): DemonstratedOrder => ({
  orderId: `o-${number}`,
  event: { id: `order-${number}`, type: 'order-placed', data: {} },
  sent: 1,
  expected: ['fulfilled'],
  ...change,
});

interface Given {
  readonly orders: readonly DemonstratedOrder[];
  readonly courses: Readonly<Record<string, Course>>;
  readonly incidents?: readonly Incident[];
  readonly account?: readonly AccountLine[];
}

async function run({ orders, courses, incidents = [], account = [] }: Given) {
  const app = new FakeApp(courses);
  const events: DemonstrationEvent[] = [];
  const demonstration: Demonstration = {
    workflow: 'w',
    seed: async () => undefined,
    orders: () => orders,
    incidents: () => incidents,
    worth: (value) => (value as { total?: number } | undefined)?.total,
    account: async () => account,
  };
  const result = await runDemonstration({
    app: app as unknown as AppAccess,
    demonstration,
    orders: orders.length,
    watched: true,
    onEvent: (event) => events.push(event),
  });
  return { app, events, result };
}

test('orders are sent as often as they say, followed to their ends, and told as they go', async () => {
  const { app, events, result } = await run({
    orders: [order(1, { sent: 2 }), order(2, { expected: ['declined'] }), order(3, { expected: ['rejected'] })],
    courses: { 'order-1': FULFILLED, 'order-2': DECLINED },
  });
  expect(app.published).toEqual(['order-1', 'order-1', 'order-2', 'order-3']);
  expect(result.orders.map(({ end, reason, worth }) => ({ end, reason, worth }))).toEqual([
    { end: 'fulfilled', reason: undefined, worth: 100 },
    { end: 'declined', reason: 'payment: CardDeclined', worth: undefined },
    { end: 'rejected', reason: 'data.email: no', worth: undefined },
  ]);
  expect(result.right).toBe(true);
  expect(events.filter(({ kind }) => kind === 'sent')).toHaveLength(3);
  expect(events.filter(({ kind }) => kind === 'ended')).toHaveLength(3);
}, 20_000);

test('an order that ends otherwise than expected makes it wrong, whatever the account says', async () => {
  const { result } = await run({ orders: [order(1)], courses: { 'order-1': FAILED } });
  expect(result).toMatchObject({
    right: false,
    orders: [{ right: false, reason: 'payment: Compensated.Transient: no answer' }],
  });
});

test('an account that does not add up makes it wrong, however the orders ended', async () => {
  const account: readonly AccountLine[] = [{ name: 'sold', expected: 100, found: 99, unit: 'cents' }];
  expect((await run({ orders: [order(1)], courses: { 'order-1': FULFILLED }, account })).result.right).toBe(false);
});

test('an order that an incident struck may end as the incident says; one that it did not strike may not', async () => {
  const orders = [order(1), order(2)];
  const untouched: Course = { ...FAILED, payments: 1, failed: false };
  const { app, events, result } = await run({
    orders,
    courses: { 'order-1': FAILED, 'order-2': untouched },
    incidents: [{ ...OUTAGE, milliseconds: 1_000 }],
  });
  expect(result.orders.map(({ right, struckBy }) => ({ right, struckBy: struckBy?.story }))).toEqual([
    { right: true, struckBy: 'payments down' },
    { right: false, struckBy: undefined },
  ]);
  expect(app.faults).toEqual(['+payments down', '-payments down']);
  expect(events.filter(({ kind }) => kind.startsWith('incident'))).toHaveLength(2);
});

test.each([
  ['before an incident began', { afterOrders: 1 }, 'order-1'],
  ['after an incident was over', { afterOrders: 0 }, 'order-2'],
])('an order that failed %s was not struck by it', async (_, when, failing) => {
  const { result } = await run({
    orders: [order(1), order(2)],
    courses: { 'order-1': FULFILLED, 'order-2': FULFILLED, [failing]: FAILED },
    incidents: [{ ...OUTAGE, ...when }],
  });
  const failed = result.orders.find(({ end }) => end === 'failed');
  expect({ id: failed?.order.event.id, right: failed?.right, struckBy: failed?.struckBy }).toEqual({
    id: failing,
    right: false,
    struckBy: undefined,
  });
});

test('ended in the middle, it says why', async () => {
  const controller = new AbortController();
  const app = new FakeApp({ 'order-1': { state: { status: 'RUNNING' } } });
  const running = runDemonstration({
    app: app as unknown as AppAccess,
    demonstration: { workflow: 'w', seed: async () => undefined, orders: () => [order(1)], account: async () => [] },
    orders: 1,
    watched: false,
    onEvent: () => undefined,
    signal: controller.signal,
  });
  controller.abort();
  await expect(running).rejects.toThrow('aborted');
});
