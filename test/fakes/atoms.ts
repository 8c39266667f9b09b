/**
 * A small shop to write workflows with: an atom of each kind of effect, two of them with a declared failure. Contracts
 * only; what the tests look at is what is made of them.
 */
import * as z from 'zod';
import {
  compensation,
  contract,
  days,
  event,
  keyed,
  lookup,
  minutes,
  pure,
  transaction,
  unguarded,
} from '../../lib/contract/index.ts';

export const Order = z.object({
  orderId: z.string(),
  total: z.int(),
  lines: z.array(z.object({ sku: z.string(), quantity: z.int() })),
  note: z.string().optional(),
  gift: z.object({ text: z.string() }).optional(),
});

export const orderPlaced = event({ name: 'order-placed', version: '1.0.0', payload: Order });
export const orderShipped = event({
  name: 'order-shipped',
  version: '1.0.0',
  payload: z.object({ orderId: z.string() }),
});

export const assessRisk = contract({
  name: 'assess-risk',
  version: '1.0.0',
  summary: 'Says how risky an order is.',
  input: z.object({ total: z.number() }),
  output: z.object({ level: z.enum(['low', 'high']), score: z.int(), hint: z.string().optional() }),
  effect: pure,
});

export const reserveStock = contract({
  name: 'reserve-stock',
  version: '1.0.0',
  summary: 'Sets products aside.',
  input: z.object({ orderId: z.string() }),
  output: z.object({ holdId: z.string() }),
  failures: { OutOfStock: z.object({ sku: z.string() }) },
  effect: transaction,
});

export const releaseStock = compensation(reserveStock, {
  name: 'release-stock',
  version: '1.0.0',
  summary: 'Puts products back.',
  output: z.object({ holdId: z.string() }),
  effect: transaction,
});

export const chargeCard = contract({
  name: 'charge-card',
  version: '1.0.0',
  summary: 'Charges a card.',
  input: z.object({ orderId: z.string(), amount: z.number() }),
  output: z.object({ chargeId: z.string(), amount: z.number() }),
  failures: { CardDeclined: z.object({ reason: z.string() }) },
  effect: keyed({ keyLifetime: days(1) }),
});

export const refundCard = compensation(chargeCard, {
  name: 'refund-card',
  version: '1.0.0',
  summary: 'Refunds a charge.',
  output: z.object({ refundId: z.string() }),
  effect: keyed({ keyLifetime: days(1) }),
});

/** Cannot be undone. */
export const printLabel = contract({
  name: 'print-label',
  version: '2.1.0',
  summary: 'Prints a label.',
  input: z.object({ holdId: z.string(), copies: z.int().optional() }),
  output: z.object({ labelId: z.string() }),
  effect: keyed({ keyLifetime: days(1) }),
});

/** Can be asked what it has, and be undone. */
export const bookParcel = contract({
  name: 'book-parcel',
  version: '1.0.0',
  summary: 'Books a parcel.',
  input: z.object({ orderId: z.string() }),
  output: z.object({ parcelId: z.string() }),
  failures: { NoCarrier: z.object({ country: z.string() }) },
  effect: lookup({ quietAfter: minutes(1) }),
});

export const cancelParcel = compensation(bookParcel, {
  name: 'cancel-parcel',
  version: '1.0.0',
  summary: 'Cancels a parcel.',
  output: z.object({ parcelId: z.string() }),
  effect: lookup({ quietAfter: minutes(1) }),
});

/** Nobody can tell, and twice would be harmful. */
export const wireMoney = contract({
  name: 'wire-money',
  version: '1.0.0',
  summary: 'Wires money by fax.',
  input: z.object({ orderId: z.string() }),
  output: z.object({ faxed: z.string() }),
  effect: unguarded({ duplicates: 'harmful' }),
});

export const mailReceipt = contract({
  name: 'mail-receipt',
  version: '1.0.0',
  summary: 'Mails a receipt.',
  input: z.object({ orderId: z.string() }),
  output: z.object({ messageId: z.string() }),
  effect: unguarded({ duplicates: 'harmless' }),
});
