import { serve } from '../../../lib/runtime/index.ts';
import { holds, inventory, quantitiesBySku } from '../domain.ts';
import { reserveInventory } from './contract.ts';

export const handler = serve(reserveInventory, ({ orderId, lines }, { key, table, fail }) => ({
  output: { holdId: key },
  writes: [
    ...[...quantitiesBySku(lines)].map(([sku, wanted]) => ({
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
