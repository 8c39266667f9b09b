import { serve } from '../../../lib/runtime/index.ts';
import { holds, inventory, quantitiesBySku } from '../domain.ts';
import { releaseInventory } from './contract.ts';

export const handler = serve(releaseInventory, ({ input, output }, { table }) => ({
  output: { holdId: output.holdId },
  writes: [
    ...[...quantitiesBySku(input.lines)].map(([sku, quantity]) => ({
      Update: {
        TableName: table(inventory),
        Key: { sku },
        UpdateExpression: 'SET available = available + :quantity',
        ExpressionAttributeValues: { ':quantity': quantity },
      },
    })),
    {
      Update: {
        TableName: table(holds),
        Key: { holdId: output.holdId },
        UpdateExpression: 'SET #state = :released',
        ConditionExpression: '#state = :held',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':released': 'released', ':held': 'held' },
      },
    },
  ],
}));
