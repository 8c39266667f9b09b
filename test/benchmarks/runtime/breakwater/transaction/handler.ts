import { serve } from '../../../../../lib/runtime/index.ts';
import { holds } from '../holds.ts';
import { holdStock } from './contract.ts';

export const handler = serve(holdStock, ({ orderId, lines }, { key, table }) => ({
  output: { holdId: key },
  writes: [{ Put: { TableName: table(holds), Item: { holdId: key, orderId, lines, state: 'held' } } }],
}));
