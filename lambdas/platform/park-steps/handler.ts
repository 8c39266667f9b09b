import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { parkSteps as park } from '../../../lib/operations/index.ts';
import { environment, serve } from '../../../lib/runtime/index.ts';
import { parkSteps } from './contract.ts';

const clients = { dynamoDB: new DynamoDBClient({}), sns: new SNSClient({}) };

export const handler = serve(parkSteps, async (steps, { execution, correlationId, now }) => {
  const rows = await park(
    clients,
    { table: environment('RECORDS_TABLE'), topicArn: environment('OPERATORS_TOPIC_ARN') },
    { ...steps, execution, correlationId, at: now() },
  );
  return { rows };
});
