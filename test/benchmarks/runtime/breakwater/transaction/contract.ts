import * as z from 'zod';
import { contract, transaction } from '../../../../../lib/contract/index.ts';
import { holds } from '../holds.ts';

const Line = z.object({ sku: z.string(), quantity: z.int().min(1) });

export const holdStock = contract({
  name: 'hold-stock',
  version: '1.0.0',
  summary: 'Sets an order’s products aside.',
  input: z.object({ orderId: z.string(), lines: z.array(Line).min(1) }),
  output: z.object({ holdId: z.string() }),
  effect: transaction,
  uses: [holds.allow('PutItem')],
});
