import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { SQSEvent } from 'aws-lambda';

const dynamoDB = new DynamoDBClient();
const stepFunctions = new SFNClient();

export const handler = async ({ Records }: SQSEvent): Promise<void> => {
  await Promise.all(Records.map(({ body }) => hold(JSON.parse(body))));
};

async function hold({ taskToken, executionId: holdId, input: { orderId, lines } }: Message): Promise<void> {
  const Item = marshall({ holdId, orderId, lines, state: 'held' });
  await dynamoDB.send(new PutItemCommand({ TableName: process.env.HOLDS_TABLE, Item }));
  await stepFunctions.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ holdId }) }));
}

interface Message {
  readonly taskToken: string;
  readonly executionId: string;
  readonly input: { readonly orderId: string; readonly lines: readonly object[] };
}
