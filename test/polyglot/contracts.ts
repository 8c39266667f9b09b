/** What the atoms of these tests promise, in whatever language they are written. */
import * as z from 'zod';
import {
  compensation,
  contract,
  days,
  keyed,
  lookup,
  minutes,
  pure,
  seconds,
  table,
  transaction,
  unguarded,
} from '../../lib/contract/index.ts';

export const stock = table('stock', { partitionKey: 'sku' });
export const charges = table('charges', { partitionKey: 'key' });

/** A row for each time that a parcel was booked, however often under one reference. */
export const parcels = table('parcels', { partitionKey: 'reference', sortKey: 'id' });

export const priceOrder = contract({
  name: 'price-order',
  version: '1.0.0',
  summary: 'Adds up what an order costs.',
  input: z.object({ lines: z.array(z.object({ quantity: z.int(), unitPrice: z.int() })) }),
  output: z.object({ total: z.int() }),
  effect: pure,
  timeout: seconds(5),
});

export const reserveStock = contract({
  name: 'reserve-stock',
  version: '1.0.0',
  summary: 'Sets products aside.',
  input: z.object({ sku: z.string(), quantity: z.int() }),
  output: z.object({ holdId: z.string() }),
  failures: { OutOfStock: z.object({ sku: z.string() }) },
  effect: transaction,
  timeout: seconds(5),
  uses: [stock.allow('UpdateItem')],
});

export const releaseStock = compensation(reserveStock, {
  name: 'release-stock',
  version: '1.0.0',
  summary: 'Puts products back.',
  output: z.object({ holdId: z.string() }),
  effect: transaction,
  timeout: seconds(5),
  uses: [stock.allow('UpdateItem')],
});

export const chargeCard = contract({
  name: 'charge-card',
  version: '1.0.0',
  summary: 'Charges a card, at a provider that is played by a table.',
  input: z.object({ orderId: z.string(), amount: z.int() }),
  output: z.object({ chargeId: z.string() }),
  failures: { CardDeclined: z.object({ reason: z.string() }) },
  effect: keyed({ keyLifetime: days(1) }),
  timeout: seconds(5),
  uses: [charges.allow('PutItem')],
});

const parcel = {
  version: '1.0.0',
  input: z.object({ orderId: z.string(), weight: z.int() }),
  output: z.object({ parcelId: z.string() }),
  timeout: seconds(5),
} as const;

export const bookParcel = contract({
  ...parcel,
  name: 'book-parcel',
  summary: 'Books a parcel, at a provider that is played by a table and does it as often as it is asked.',
  failures: { NoCarrier: z.object({ weight: z.int() }) },
  effect: lookup({ quietAfter: minutes(1) }),
  uses: [parcels.allow('PutItem', 'Query')],
});

export const dropParcel = contract({
  ...parcel,
  name: 'drop-parcel',
  summary: 'Drops a parcel into a letter box, where nobody can be asked.',
  effect: unguarded({ duplicates: 'harmful' }),
  uses: [parcels.allow('PutItem')],
});
