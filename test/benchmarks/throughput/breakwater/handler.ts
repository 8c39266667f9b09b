import { serve } from '../../../../lib/runtime/index.ts';
import { bookings, type bookStock } from './contracts.ts';

/** The same for all three: one item, whose key is the step's. */
export const book = (contract: typeof bookStock) =>
  serve(contract, ({ orderId, lines }, { key, table }) => ({
    output: { bookingId: key },
    writes: [{ Put: { TableName: table(bookings), Item: { bookingId: key, orderId, lines, state: 'held' } } }],
  }));
