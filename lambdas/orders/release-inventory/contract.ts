import * as z from 'zod';
import { compensation, transaction } from '../../../lib/contract/index.ts';
import { holds, inventory } from '../domain.ts';
import { reserveInventory } from '../reserve-inventory/contract.ts';

export const releaseInventory = compensation(reserveInventory, {
  name: 'release-inventory',
  version: '1.0.0',
  summary: 'Puts an order’s products back into stock.',
  output: z.object({ holdId: z.string() }),
  effect: transaction,
  uses: [inventory.allow('UpdateItem'), holds.allow('UpdateItem')],
});
