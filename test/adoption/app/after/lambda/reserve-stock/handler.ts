import { serve } from 'breakwater/runtime';
import { reserveStock, stock } from './contract';

export const handler = serve(reserveStock, ({ sku, quantity }, { table, fail }) => ({
  output: { sku, quantity },
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
