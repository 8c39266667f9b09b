import * as z from 'zod';
import { contract, pure, seconds } from '../../../lib/contract/index.ts';
import { Cents, Order } from '../domain.ts';

export const assessRisk = contract({
  name: 'assess-risk',
  version: '1.0.0',
  summary: 'Says how likely an order is to be fraud, with its reasons.',
  input: Order.pick({ customerId: true, email: true, country: true, lines: true }).extend({ total: Cents }),
  output: z.object({ level: z.enum(['low', 'high']), score: z.int().min(0).max(100), reasons: z.array(z.string()) }),
  effect: pure,
  timeout: seconds(3),
  examples: [
    {
      input: {
        customerId: 'c-1',
        email: 'ann@example.com',
        country: 'DE',
        total: 2990,
        lines: [{ sku: 'mug', quantity: 2, unitPrice: 1250 }],
      },
      output: { level: 'low', score: 0, reasons: [] },
    },
    {
      input: {
        customerId: 'c-2',
        email: 'x@mailinator.com',
        country: 'DE',
        total: 600_000,
        lines: [{ sku: 'desk', quantity: 50, unitPrice: 12_000 }],
      },
      output: {
        level: 'high',
        score: 90,
        reasons: ['a total above 5,000.00', 'a throw-away mail address', 'more than 20 of one product'],
      },
    },
  ],
});
