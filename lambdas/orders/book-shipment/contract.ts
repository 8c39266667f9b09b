import * as z from 'zod';
import { contract, days, keyed } from '../../../lib/contract/index.ts';
import { carrier, Line, Order } from '../domain.ts';

export const bookShipment = contract({
  name: 'book-shipment',
  version: '1.0.0',
  summary: 'Has a carrier fetch the parcel.',
  input: Order.pick({ orderId: true, country: true }).extend({
    holdId: z.string(),
    lines: z.array(Line.pick({ sku: true, quantity: true })).min(1),
  }),
  output: z.object({ shipmentId: z.string() }),
  failures: { NoCarrier: z.object({ country: z.string() }) },
  effect: keyed({ keyLifetime: days(7) }),
  dependency: carrier,
  examples: [
    {
      input: { orderId: 'o-1', country: 'DE', holdId: 'h-1', lines: [{ sku: 'mug', quantity: 2 }] },
      output: { shipmentId: 'sh_1' },
    },
    {
      input: { orderId: 'o-2', country: 'AQ', holdId: 'h-2', lines: [{ sku: 'mug', quantity: 2 }] },
      failure: { name: 'NoCarrier', payload: { country: 'AQ' } },
    },
  ],
});
