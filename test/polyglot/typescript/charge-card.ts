import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { serve } from '../../../lib/runtime/index.ts';
import { chargeCard, charges } from '../contracts.ts';

const provider = new DynamoDBClient({});

/** The table is the provider: it charges a key once, and gives the same answer to whoever asks again. */
export const handler = serve(chargeCard, async ({ orderId, amount }, { key, table, fail }) => {
  if (amount > 1_000) return fail('CardDeclined', { reason: 'too much' });
  const charge = new PutItemCommand({
    TableName: table(charges),
    Item: { key: { S: key }, orderId: { S: orderId } },
    ConditionExpression: 'attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': 'key' },
  });
  await provider.send(charge).catch((error: unknown) => {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  });
  return { chargeId: `charge of ${amount}` };
});
