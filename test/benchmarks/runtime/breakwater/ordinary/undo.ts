import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { serve } from '../../../../../lib/runtime/index.ts';
import { holds } from '../holds.ts';
import { releaseStock } from './undo-contract.ts';

const dynamoDB = new DynamoDBClient();

export const handler = serve(releaseStock, async ({ output: { holdId } }, { table }) => {
  await dynamoDB.send(new DeleteItemCommand({ TableName: table(holds), Key: marshall({ holdId }) }));
  return { holdId };
});
