import { serve } from '../../../lib/runtime/index.ts';
import { chargePayment } from './contract.ts';

export const handler = serve(chargePayment, async (charge, { provider, fail }) => {
  const answer = await provider.post('/charges', charge, { expects: [402] });
  return answer.status === 402 ? fail('CardDeclined', answer.body) : answer.body;
});
