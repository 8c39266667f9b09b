import * as z from 'zod';
import { compensation, days, keyed } from '../../../lib/contract/index.ts';
import { chargePayment } from '../charge-payment/contract.ts';
import { payments } from '../domain.ts';

export const refundPayment = compensation(chargePayment, {
  name: 'refund-payment',
  version: '1.0.0',
  summary: 'Gives a charge back to the customer.',
  output: z.object({ refundId: z.string() }),
  effect: keyed({ keyLifetime: days(7) }),
  dependency: payments,
});
