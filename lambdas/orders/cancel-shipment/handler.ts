import { serve } from '../../../lib/runtime/index.ts';
import { cancelShipment } from './contract.ts';

export const handler = serve(cancelShipment, async ({ output }, { provider }) => {
  const answer = await provider.post('/cancellations', { shipmentId: output.shipmentId });
  return answer.body;
});
