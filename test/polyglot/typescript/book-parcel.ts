import { DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { serve } from '../../../lib/runtime/index.ts';
import { bookParcel, parcels } from '../contracts.ts';

const provider = new DynamoDBClient({});

/** The table is the provider: it books as often as it is asked, and knows what it has under a reference. */
export const handler = serve(bookParcel, {
  do: async ({ orderId, weight }, { key, table, fail }) => {
    if (weight > 1_000) return fail('NoCarrier', { weight });
    const Item = { reference: { S: key }, id: { S: crypto.randomUUID() }, orderId: { S: orderId } };
    await provider.send(new PutItemCommand({ TableName: table(parcels), Item }));
    return { parcelId: `parcel of ${orderId}` };
  },
  find: async ({ orderId }, { key, table }) => {
    const { Count } = await provider.send(
      new QueryCommand({
        TableName: table(parcels),
        ConsistentRead: true,
        KeyConditionExpression: '#reference = :key',
        ExpressionAttributeNames: { '#reference': 'reference' },
        ExpressionAttributeValues: { ':key': { S: key } },
      }),
    );
    return Count ? { parcelId: `parcel of ${orderId}` } : undefined;
  },
});
