import * as z from 'zod';
import { contract, transaction } from '../../../lib/contract/index.ts';
import { holds, inventory, Line } from '../domain.ts';

export const reserveInventory = contract({
  name: 'reserve-inventory',
  version: '1.0.0',
  summary: 'Sets an order’s products aside.',
  input: z.object({ orderId: z.string(), lines: z.array(Line.pick({ sku: true, quantity: true })).min(1) }),
  output: z.object({ holdId: z.string() }),
  failures: { OutOfStock: z.object({ sku: z.string(), wanted: z.int() }) },
  effect: transaction,
  uses: [inventory.allow('UpdateItem'), holds.allow('PutItem')],
});
