import * as z from 'zod';
import { contract, table, transaction } from '../../../../lib/contract/index.ts';

export const bookings = table('bookings', { partitionKey: 'bookingId' });

export const Order = z.object({
  orderId: z.string(),
  lines: z.array(z.object({ sku: z.string(), quantity: z.int().min(1) })).min(1),
});

const booking = <Name extends string>(name: Name) =>
  contract({
    name,
    version: '1.0.0',
    summary: 'Books a part of an order.',
    input: Order,
    output: z.object({ bookingId: z.string() }),
    effect: transaction,
    uses: [bookings.allow('PutItem')],
  });

export const bookStock = booking('book-stock');
export const bookSlot = booking('book-slot');
export const bookInvoice = booking('book-invoice');
