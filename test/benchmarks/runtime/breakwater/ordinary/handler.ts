import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { serve } from '../../../../../lib/runtime/index.ts';
import { holds } from '../holds.ts';
import { holdStock } from './contract.ts';

const dynamoDB = new DynamoDBClient();

export const handler = serve(holdStock, async ({ orderId, lines }, { key, table }) => {
  const Item = marshall({ holdId: key, orderId, lines, state: 'held' });
  await dynamoDB.send(new PutItemCommand({ TableName: table(holds), Item }));
  return { holdId: key };
});
