import { expect, test } from '@jest/globals';
import { atomUnderTest } from '../../../test/fakes/atom-under-test.ts';
import { releaseInventory } from './contract.ts';
import { handler } from './handler.ts';

const atom = atomUnderTest(handler, releaseInventory, { INVENTORY_TABLE: 'inventory', HOLDS_TABLE: 'holds' });

test('what was set aside is put back, and the hold cannot be released twice', async () => {
  const lines = [
    { sku: 'mug', quantity: 2 },
    { sku: 'mug', quantity: 3 },
    { sku: 'pen', quantity: 1 },
  ];
  await atom.undoes({ input: { orderId: 'o-1', lines }, output: { holdId: 'h-1' } });
  const back = (sku: string, quantity: number) => ({
    Update: {
      TableName: 'inventory',
      Key: { sku },
      UpdateExpression: 'SET available = available + :quantity',
      ExpressionAttributeValues: { ':quantity': quantity },
    },
  });
  expect(atom.committed()).toEqual([
    back('mug', 5),
    back('pen', 1),
    {
      Update: {
        TableName: 'holds',
        Key: { holdId: 'h-1' },
        UpdateExpression: 'SET #state = :released',
        ConditionExpression: '#state = :held',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':released': 'released', ':held': 'held' },
      },
    },
  ]);
});
