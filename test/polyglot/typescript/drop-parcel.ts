import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { serve } from '../../../lib/runtime/index.ts';
import { dropParcel, parcels } from '../contracts.ts';

const provider = new DynamoDBClient({});

export const handler = serve(dropParcel, async ({ orderId }, { key, table }) => {
  const Item = { reference: { S: key }, id: { S: crypto.randomUUID() }, orderId: { S: orderId } };
  await provider.send(new PutItemCommand({ TableName: table(parcels), Item }));
  return { parcelId: `parcel of ${orderId}` };
});
