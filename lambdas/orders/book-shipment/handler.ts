import { serve } from '../../../lib/runtime/index.ts';
import { bookShipment } from './contract.ts';

export const handler = serve(bookShipment, async (parcel, { provider, fail }) => {
  const answer = await provider.post('/shipments', parcel, { expects: [404] });
  return answer.status === 404 ? fail('NoCarrier', { country: parcel.country }) : answer.body;
});
