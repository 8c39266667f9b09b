import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { providerKey } from '../../../lib/runtime/context.ts';
import { atomUnderTest, STEP } from '../../../test/fakes/atom-under-test.ts';
import { reserveInventory } from './contract.ts';
import { handler } from './handler.ts';

const atom = atomUnderTest(handler, reserveInventory, { INVENTORY_TABLE: 'inventory', HOLDS_TABLE: 'holds' });
const holdId = providerKey(STEP);
const order = {
  orderId: 'o-1',
  lines: [
    { sku: 'mug', quantity: 2 },
    { sku: 'pen', quantity: 1 },
    { sku: 'mug', quantity: 3 },
  ],
};

test('products are set aside and held for the order, in one transaction, lines of a product added up', async () => {
  expect(await atom.does(order)).toEqual({ holdId });
  const taken = (sku: string, wanted: number) => ({
    Update: {
      TableName: 'inventory',
      Key: { sku },
      UpdateExpression: 'SET available = available - :wanted',
      ConditionExpression: 'available >= :wanted',
      ExpressionAttributeValues: { ':wanted': wanted },
    },
  });
  expect(atom.committed()).toEqual([
    taken('mug', 5),
    taken('pen', 1),
    { Put: { TableName: 'holds', Item: { holdId, ...order, state: 'held' } } },
  ]);
});

test('a product that is not there declines the order, and says which', async () => {
  atom.aws.answer('TransactWriteItems', () => {
    const reasons = ['None', 'None', 'ConditionalCheckFailed', 'None'].map((Code) => ({ Code }));
    throw new TransactionCanceledException({ message: '', $metadata: {}, CancellationReasons: reasons });
  });
  expect(await atom.does(order)).toEqual({ error: 'Declared.OutOfStock', cause: { sku: 'pen', wanted: 1 } });
});
