import * as z from 'zod';
import { contract, mail, unguarded } from '../../../lib/contract/index.ts';
import { Cents, Order } from '../domain.ts';

export const notifyCustomer = contract({
  name: 'notify-customer',
  version: '1.0.0',
  summary: 'Mails the customer that the parcel is on its way.',
  input: Order.pick({ orderId: true, email: true }).extend({ shipmentId: z.string(), total: Cents }),
  output: z.object({ messageId: z.string() }),
  effect: unguarded({ duplicates: 'harmless' }),
  uses: [mail],
  examples: [
    {
      input: { orderId: 'o-1', email: 'ann@example.com', shipmentId: 'sh_1', total: 2990 },
      output: { messageId: 'mail-1' },
    },
  ],
});
