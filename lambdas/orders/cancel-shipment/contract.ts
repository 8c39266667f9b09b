import * as z from 'zod';
import { compensation, days, keyed } from '../../../lib/contract/index.ts';
import { bookShipment } from '../book-shipment/contract.ts';
import { carrier } from '../domain.ts';

export const cancelShipment = compensation(bookShipment, {
  name: 'cancel-shipment',
  version: '1.0.0',
  summary: 'Calls a booked shipment off.',
  output: z.object({ cancellationId: z.string() }),
  effect: keyed({ keyLifetime: days(7) }),
  dependency: carrier,
});
