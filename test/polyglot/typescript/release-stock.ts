import { serve } from '../../../lib/runtime/index.ts';
import { releaseStock, stock } from '../contracts.ts';

export const handler = serve(releaseStock, ({ input, output }, { table }) => ({
  output: { holdId: output.holdId },
  writes: [
    {
      Update: {
        TableName: table(stock),
        Key: { sku: input.sku },
        UpdateExpression: 'SET available = available + :quantity',
        ExpressionAttributeValues: { ':quantity': input.quantity },
      },
    },
  ],
}));
