import * as z from 'zod';
import { compensation, transaction } from '../../../../../lib/contract/index.ts';
import { holds } from '../holds.ts';
import { holdStock } from './contract.ts';

export const releaseStock = compensation(holdStock, {
  name: 'release-stock',
  version: '1.0.0',
  summary: 'Gives an order’s products back.',
  output: z.object({ holdId: z.string() }),
  effect: transaction,
  uses: [holds.allow('DeleteItem')],
});
