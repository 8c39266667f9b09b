/** What the atom of the tests of dead letters promises, and the workflow that it is the one step of. */
import * as z from 'zod';
import { contract, minutes, seconds, table, transaction } from '../../lib/contract/index.ts';
import { workflow } from '../../lib/workflow/index.ts';

export const parcels = table('parcels', { partitionKey: 'parcel' });

/** Ten at a time; one whose name begins with `poison` ends the worker, with all that are in its batch. */
export const packParcel = contract({
  name: 'pack-parcel',
  version: '1.0.0',
  summary: 'Packs a parcel.',
  input: z.object({ parcel: z.string() }),
  output: z.object({ parcel: z.string() }),
  effect: transaction,
  timeout: seconds(5),
  uses: [parcels.allow('PutItem')],
});

/** Its code, as text: the tests' own folder is what it is bundled from. */
export const PACK_PARCEL = `
import { serve } from '../../lib/runtime/index.ts';
import { packParcel, parcels } from './parcels.ts';

export const handler = serve(packParcel, ({ parcel }, { table }) => {
  if (parcel.startsWith('poison')) process.exit(1);
  const Put = { TableName: table(parcels), Item: { parcel } };
  return { output: { parcel }, writes: [{ Put }] };
});
`;

export const packing = (name: string) =>
  workflow(name, z.object({ parcel: z.string() }), {
    version: '1.0.0',
    deadline: minutes(5),
    slo: { availability: 0.99 },
  })
    .step('packed', packParcel, ({ input }) => ({ parcel: input.parcel }))
    .returns(({ packed }) => packed.parcel);
