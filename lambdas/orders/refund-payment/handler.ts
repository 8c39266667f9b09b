import { serve } from '../../../lib/runtime/index.ts';
import { refundPayment } from './contract.ts';

export const handler = serve(refundPayment, async ({ output }, { provider }) => {
  const answer = await provider.post('/refunds', { chargeId: output.chargeId, amount: output.amount });
  return answer.body;
});
