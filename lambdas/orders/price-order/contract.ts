import * as z from 'zod';
import { contract, pure, seconds } from '../../../lib/contract/index.ts';
import { Cents, Order } from '../domain.ts';

export const priceOrder = contract({
  name: 'price-order',
  version: '1.0.0',
  summary: 'Adds up what an order costs, shipping included.',
  input: Order.pick({ lines: true, country: true }),
  output: z.object({ items: Cents, shipping: Cents, total: Cents }),
  effect: pure,
  timeout: seconds(3),
  examples: [
    {
      input: { country: 'DE', lines: [{ sku: 'mug', quantity: 2, unitPrice: 1250 }] },
      output: { items: 2500, shipping: 490, total: 2990 },
    },
    {
      input: { country: 'NZ', lines: [{ sku: 'desk', quantity: 1, unitPrice: 48_000 }] },
      output: { items: 48_000, shipping: 0, total: 48_000 },
    },
  ],
});
