import { expect, it } from '@jest/globals';
import { account, type LedgerEntry } from './index.ts';

const entry = (kind: LedgerEntry['kind'], orderId: string, more: Partial<LedgerEntry>): LedgerEntry => ({
  key: `${kind}-${orderId}`,
  kind,
  orderId,
  calls: 1,
  fingerprint: '',
  ...more,
});

it('adds up what happened, by order and in all, and leaves out what was declined or never done', () => {
  const { total, orders } = account([
    entry('charge', 'a', { id: 'ch_1', amount: 2990 }),
    entry('shipment', 'a', { id: 'sh_1' }),
    entry('charge', 'b', { id: 'ch_2', amount: 500 }),
    entry('refund', 'b', { id: 're_1', amount: 500 }),
    entry('shipment', 'b', { id: 'sh_2' }),
    entry('cancellation', 'b', { id: 'ca_1' }),
    entry('charge', 'c', { answer: { status: 402, body: {} } }),
    entry('charge', 'd', {}),
  ]);
  expect(total).toMatchObject({ charged: 3490, refunded: 500, paid: 2990, shipments: 2, underWay: 1 });
  expect(orders.get('a')).toMatchObject({ paid: 2990, underWay: 1 });
  expect(orders.get('b')).toEqual({
    charges: 1,
    refunds: 1,
    charged: 500,
    refunded: 500,
    paid: 0,
    shipments: 1,
    cancellations: 1,
    underWay: 0,
  });
  expect([...orders.keys()]).toEqual(['a', 'b']);
});
