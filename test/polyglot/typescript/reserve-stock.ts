import { serve } from '../../../lib/runtime/index.ts';
import { reserveStock, stock } from '../contracts.ts';

export const handler = serve(reserveStock, ({ sku, quantity }, { table, fail }) => ({
  output: { holdId: `hold of ${quantity} ${sku}` },
  writes: [
    {
      Update: {
        TableName: table(stock),
        Key: { sku },
        UpdateExpression: 'SET available = available - :quantity',
        ConditionExpression: 'available >= :quantity',
        ExpressionAttributeValues: { ':quantity': quantity },
      },
      otherwise: fail('OutOfStock', { sku }),
    },
  ],
}));
