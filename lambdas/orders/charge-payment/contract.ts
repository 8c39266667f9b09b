import * as z from 'zod';
import { contract, days, keyed } from '../../../lib/contract/index.ts';
import { Cents, Order, payments } from '../domain.ts';

export const chargePayment = contract({
  name: 'charge-payment',
  version: '1.0.0',
  summary: 'Charges the customer’s card.',
  input: Order.pick({ orderId: true, card: true }).extend({ amount: Cents }),
  output: z.object({ chargeId: z.string(), amount: Cents }),
  failures: { CardDeclined: z.object({ reason: z.string() }) },
  effect: keyed({ keyLifetime: days(7) }),
  dependency: payments,
  examples: [
    { input: { orderId: 'o-1', card: 'tok_visa', amount: 2990 }, output: { chargeId: 'ch_1', amount: 2990 } },
    {
      input: { orderId: 'o-2', card: 'tok_declined', amount: 2990 },
      failure: { name: 'CardDeclined', payload: { reason: 'insufficient funds' } },
    },
  ],
});
