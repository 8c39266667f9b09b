import { serve } from '../../../lib/runtime/index.ts';
import { holds, inventory } from '../domain.ts';
import { reserveInventory } from './contract.ts';

export const handler = serve(reserveInventory, ({ orderId, lines }, { key, table, fail }) => ({
  output: { holdId: key },
  writes: [
    ...bySku(lines).map(([sku, wanted]) => ({
      Update: {
        TableName: table(inventory),
        Key: { sku },
        UpdateExpression: 'SET available = available - :wanted',
        ConditionExpression: 'available >= :wanted',
        ExpressionAttributeValues: { ':wanted': wanted },
      },
      otherwise: fail('OutOfStock', { sku, wanted }),
    })),
    { Put: { TableName: table(holds), Item: { holdId: key, orderId, lines, state: 'held' } } },
  ],
}));

/** A transaction may touch an item only once, so lines of the same product are added up. */
function bySku(lines: readonly { sku: string; quantity: number }[]): readonly (readonly [string, number])[] {
  const wanted = new Map<string, number>();
  for (const { sku, quantity } of lines) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
  return [...wanted];
}
