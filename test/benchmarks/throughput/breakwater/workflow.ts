import { minutes } from '../../../../lib/contract/index.ts';
import { workflow } from '../../../../lib/workflow/index.ts';
import { bookInvoice, bookSlot, bookStock, Order } from './contracts.ts';

export const bookOrder = workflow('book-order', Order, {
  version: '1.0.0',
  deadline: minutes(15),
  slo: { availability: 0.999 },
})
  .step('stock', bookStock, ({ input }) => ({ orderId: input.orderId, lines: input.lines }))
  .step('slot', bookSlot, ({ input }) => ({ orderId: input.orderId, lines: input.lines }))
  .step('invoice', bookInvoice, ({ input }) => ({ orderId: input.orderId, lines: input.lines }))
  .returns(({ invoice }) => ({ bookingId: invoice.bookingId }));
