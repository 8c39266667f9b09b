import { contract, minutes, pure, workflow } from 'breakwater';
import { z } from 'zod';
import { Order, reserveStock } from '../lambda/reserve-stock/contract';

export const quotePrice = contract({
  name: 'quote-price',
  version: '1.0.0',
  summary: 'Quotes the price of an order.',
  input: Order,
  output: z.object({ total: z.int() }),
  failures: { NotSold: z.object({ sku: z.string() }) },
  effect: pure,
});
const promises = { version: '1.0.0', deadline: minutes(5), slo: { availability: 0.999 } };
export const placeOrder = workflow('place-order', Order, promises)
  .step('quote', quotePrice, ({ input }) => ({ sku: input.sku, quantity: input.quantity }))
  .step('stock', reserveStock, ({ input }) => ({ sku: input.sku, quantity: input.quantity }))
  .returns(({ quote }) => ({ total: quote.total }));
