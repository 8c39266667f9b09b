import { table } from '../../../../lib/contract/index.ts';

/** What was set aside for an order, an item a hold. */
export const holds = table('holds', { partitionKey: 'holdId' });
