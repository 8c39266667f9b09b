import { serve } from '../../../../../lib/runtime/index.ts';
import { holds } from '../holds.ts';
import { releaseStock } from './undo-contract.ts';

export const handler = serve(releaseStock, ({ output: { holdId } }, { table }) => ({
  output: { holdId },
  writes: [{ Delete: { TableName: table(holds), Key: { holdId } } }],
}));
