import { serve } from '../../../lib/runtime/index.ts';
import { priceOrder } from './contract.ts';

const SHIPPING = { home: 490, abroad: 1490, freeFrom: 10_000 } as const;

export const handler = serve(priceOrder, ({ lines, country }) => {
  const items = lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
  const shipping = items >= SHIPPING.freeFrom ? 0 : country === 'DE' ? SHIPPING.home : SHIPPING.abroad;
  return { items, shipping, total: items + shipping };
});
