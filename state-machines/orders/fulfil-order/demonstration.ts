import type { AppAccess } from '../../../lib/local/access/index.ts';
import type {
  AccountLine,
  DemonstratedEnd,
  DemonstratedOrder,
  DemonstratedOutcome,
  Demonstration,
  Incident,
} from '../../../lib/local/demonstration/index.ts';
import type { FaultDefinition } from '../../../lib/sandbox/index.ts';

interface Twist {
  /** Left out, it is an ordinary order. */
  readonly story?: string;
  readonly expected: DemonstratedEnd;
  readonly change?: Readonly<Record<string, unknown>>;
  readonly sent?: number;
  readonly fault?: FaultDefinition;
}

const ORDINARY: Twist = { expected: 'fulfilled' };

/** What goes wrong, in the order in which the orders arrive; every other order is an ordinary one. */
const TWISTS: readonly Twist[] = [
  { story: 'card declined', expected: 'declined', change: { card: 'tok_declined' } },
  // Four attempts hear nothing, the settlement hears: until then nobody can know that the card was charged.
  {
    story: 'every answer lost',
    expected: 'failed',
    fault: { kind: 'lose-answer', provider: 'payments', operation: 'charge', times: 4 },
  },
  {
    story: 'answer lost once',
    expected: 'fulfilled',
    fault: { kind: 'lose-answer', provider: 'payments', operation: 'charge', times: 1 },
  },
  { story: 'no carrier there', expected: 'declined', change: { country: 'AQ' } },
  { story: 'event sent twice', expected: 'fulfilled', sent: 2 },
  {
    story: 'out of stock',
    expected: 'declined',
    change: { lines: [{ sku: 'unicorn', quantity: 1, unitPrice: 99_900 }] },
  },
  { story: 'invalid event', expected: 'rejected', change: { email: 'nobody' } },
  {
    story: 'too risky',
    expected: 'declined',
    change: { email: 'x@mailinator.com', lines: [{ sku: 'desk', quantity: 25, unitPrice: 48_000 }] },
  },
  {
    story: 'carrier down once',
    expected: 'fulfilled',
    fault: { kind: 'down', provider: 'carrier', operation: 'shipment', times: 1 },
  },
  ORDINARY,
  // Here the provider goes down and comes back: see `incidents`.
  ORDINARY,
  ORDINARY,
  ORDINARY,
  ORDINARY,
  { story: 'card declined', expected: 'declined', change: { card: 'tok_declined' } },
  {
    story: 'refund fails once',
    expected: 'declined',
    change: { country: 'AQ' },
    fault: { kind: 'error', provider: 'payments', operation: 'refund', times: 1 },
  },
  { story: 'event sent twice', expected: 'fulfilled', sent: 2 },
  {
    story: 'carrier mute once',
    expected: 'fulfilled',
    fault: { kind: 'lose-answer', provider: 'carrier', operation: 'shipment', times: 1 },
  },
];

/** With fewer orders there would be none that it does not strike. */
const ORDERS_FOR_AN_OUTAGE = 30;

/** The payment provider goes down in the middle of it, so long that some orders give up before it is back. */
const OUTAGE: Incident = {
  story: 'payments down',
  fault: { kind: 'down', provider: 'payments' },
  afterOrders: 20,
  milliseconds: 5_500,
  step: 'payment',
  ends: ['fulfilled', 'failed'],
};

const STOCK = { mug: 100_000, lamp: 100_000, desk: 100_000, unicorn: 0 };

const PRODUCTS = [
  { sku: 'mug', quantity: 2, unitPrice: 1_250 },
  { sku: 'lamp', quantity: 1, unitPrice: 5_990 },
  { sku: 'desk', quantity: 1, unitPrice: 48_000 },
] as const;

export const demonstration: Demonstration = {
  workflow: 'fulfil-order',
  seed: async (app) => {
    await Promise.all(Object.entries(STOCK).map(([sku, available]) => app.putItem('inventory', { sku, available })));
  },
  orders: (count, run) => Array.from({ length: count }, (_, index) => order(index, run)),
  incidents: (count) => (count < ORDERS_FOR_AN_OUTAGE ? [] : [OUTAGE]),
  breakage: { what: 'the payment provider', fault: OUTAGE.fault },
  worth: totalOf,
  account,
};

function order(index: number, run: string): DemonstratedOrder {
  const twist = (index % 2 === 1 ? TWISTS[(index - 1) / 2] : undefined) ?? ORDINARY;
  const orderId = `${run}-${String(index + 1).padStart(2, '0')}`;
  const data = {
    orderId,
    customerId: `customer-${index + 1}`,
    email: `customer${index + 1}@example.com`,
    card: 'tok_visa',
    country: 'DE',
    lines: [PRODUCTS[index % PRODUCTS.length]],
    ...twist.change,
  };
  return {
    orderId,
    event: { id: `order-${orderId}`, type: 'order-placed', data },
    sent: twist.sent ?? 1,
    expected: [twist.expected],
    ...(twist.story ? { story: twist.story } : {}),
    ...(twist.fault ? { fault: { ...twist.fault, orderId } } : {}),
  };
}

/** The providers' ledgers and the holds, against what the fulfilled orders returned. */
async function account(app: AppAccess, outcomes: readonly DemonstratedOutcome[]): Promise<readonly AccountLine[]> {
  const { orders } = await app.sandbox.account();
  const books = outcomes.flatMap(({ order: { orderId } }) => orders.get(orderId) ?? []);
  const fulfilled = outcomes.filter(({ end }) => end === 'fulfilled');
  const charged = sum(books, (each) => each.charged);
  const refunded = sum(books, (each) => each.refunded);
  return [
    {
      name: 'charged − refunded = sold',
      expected: sum(fulfilled, ({ value }) => totalOf(value) ?? 0),
      found: charged - refunded,
      unit: 'cents',
      parts: [
        { name: 'charged', amount: charged },
        { name: 'refunded', amount: -refunded },
      ],
    },
    {
      name: 'charges − refunds = orders fulfilled',
      expected: fulfilled.length,
      found: sum(books, ({ charges, refunds }) => charges - refunds),
      unit: 'count',
    },
    {
      name: 'shipments under way = orders fulfilled',
      expected: fulfilled.length,
      found: sum(books, ({ underWay }) => underWay),
      unit: 'count',
    },
    {
      name: 'holds kept = orders fulfilled',
      expected: fulfilled.length,
      found: await held(app, outcomes),
      unit: 'count',
    },
  ];
}

/** How many orders still have their products set aside. */
async function held(app: AppAccess, outcomes: readonly DemonstratedOutcome[]): Promise<number> {
  const states = await Promise.all(
    outcomes.map(async ({ order: { event } }) => {
      const stock = (await app.records('fulfil-order', event.id)).get('stock')?.outcome as
        | { value?: { holdId: string } }
        | undefined;
      return stock?.value ? (await app.item('holds', { holdId: stock.value.holdId }))?.state : undefined;
    }),
  );
  return states.filter((state) => state === 'held').length;
}

/** What the workflow returned that the customer pays. */
function totalOf(value: unknown): number | undefined {
  return (value as { total?: number } | undefined)?.total;
}

const sum = <T>(all: readonly T[], of: (each: T) => number): number => all.reduce((total, each) => total + of(each), 0);
