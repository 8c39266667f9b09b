import { contract, table, transaction } from 'breakwater';
import { z } from 'zod';

export const Order = z.object({ sku: z.string(), quantity: z.int().min(1) });
export const stock = table('stock', { partitionKey: 'sku' });

export const reserveStock = contract({
  name: 'reserve-stock',
  version: '1.0.0',
  summary: 'Sets products aside.',
  input: Order,
  output: Order,
  failures: { OutOfStock: z.object({ sku: z.string() }) },
  effect: transaction,
  uses: [stock.allow('UpdateItem')],
});
