import { carrier, payments } from '../../../lib/sandbox/index.ts';
import { invariant, type Judged, ofEachOrder, type SimulatedWorld } from '../../../lib/simulation/index.ts';

const STOCK = 1_000_000;
const MUGS = { sku: 'mug', quantity: 2, unitPrice: 1_250 };

const order =
  (change: object = {}) =>
  (orderId: string): object => ({
    orderId,
    customerId: 'customer-1',
    email: 'customer@example.com',
    card: 'tok_visa',
    country: 'DE',
    lines: [MUGS],
    ...change,
  });

/** The world in which orders are simulated: what they are, what they meet, and what has to hold in the end. */
export const simulation: SimulatedWorld = {
  paths: {
    fulfilled: order(),
    'card declined': order({ card: 'tok_declined' }),
    'no carrier': order({ country: 'AQ' }),
    'out of stock': order({ lines: [{ ...MUGS, sku: 'unicorn' }] }),
    'too risky': order({ email: 'x@mailinator.com', lines: [{ sku: 'desk', quantity: 25, unitPrice: 48_000 }] }),
  },
  providers: [payments, carrier],
  tables: {
    inventory: [
      { sku: 'mug', available: STOCK },
      { sku: 'unicorn', available: 0 },
    ],
  },
  invariants: [
    ofEachOrder('what is charged and not refunded is what was ordered', ({ id, stays }, { ledgers }) => {
      const kept = sum(ledgers.payments, 'charge', id) - sum(ledgers.payments, 'refund', id);
      const charged = stays ? sum(ledgers.payments, 'charge', id) : 0;
      return (kept === charged && (!stays || kept > 0)) || `${kept} of ${charged} cents are charged.`;
    }),
    ofEachOrder(
      'a shipment is under way for who keeps the order, and for nobody else',
      ({ id, stays }, { ledgers }) => {
        const underWay = (ledgers.carrier ?? []).filter((each) => each.orderId === id && each.remaining === 1).length;
        return underWay === (stays ? 1 : 0) || `${underWay} shipments are under way.`;
      },
    ),
    ofEachOrder('others hear of who keeps the order, and of nobody else', ({ id, stays }, { events, records }) => {
      const heard = events.some(({ detail }) => (detail as { correlationId?: string }).correlationId === id);
      const parked = records.some(({ correlationId, step }) => correlationId === id && /~parked~/.test(String(step)));
      return heard === stays || parked || `an event ${heard ? 'was' : 'was not'} published.`;
    }),
    invariant('what is not available is held', ({ tables }) => {
      const gone = STOCK - Number(tables.inventory?.find(({ sku }) => sku === 'mug')?.available);
      const held = (tables.holds ?? []).filter(({ state }) => state === 'held');
      const mugs = held.reduce((total, { lines }) => total + quantity(lines as readonly (typeof MUGS)[]), 0);
      return gone === mugs || `${gone} are gone, and ${mugs} are held.`;
    }),
  ],
};

const sum = (entries: Judged['ledgers'][string] = [], kind: string, orderId: string): number =>
  entries.reduce(
    (total, entry) =>
      entry.kind === kind && entry.orderId === orderId && entry.id ? total + (entry.amount ?? 0) : total,
    0,
  );

const quantity = (lines: readonly (typeof MUGS)[]): number => lines.reduce((total, line) => total + line.quantity, 0);
