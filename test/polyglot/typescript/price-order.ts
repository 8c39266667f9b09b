import { serve } from '../../../lib/runtime/index.ts';
import { priceOrder } from '../contracts.ts';

export const handler = serve(priceOrder, ({ lines }) => ({
  total: lines.reduce((total, { quantity, unitPrice }) => total + quantity * unitPrice, 0),
}));
