/** Tables, queues and state machines that the tests of the step protocol make in the emulator. */
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateStateMachineCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';

export async function createQueue(QueueName: string): Promise<string> {
  const { QueueUrl = '' } = await new SQSClient({}).send(new CreateQueueCommand({ QueueName }));
  return QueueUrl;
}

export async function createTable(TableName: string, partition: string, sort?: string): Promise<void> {
  const keys = [partition, ...(sort ? [sort] : [])];
  await new DynamoDBClient({}).send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
    }),
  );
}

/** A machine of one task that hands its token out and ends with what it hears. */
export async function createTokenMachine(client: SFNClient, QueueUrl: string): Promise<string> {
  const task = {
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
    TimeoutSeconds: 60,
    Arguments: {
      QueueUrl,
      MessageBody: { token: '{% $states.context.Task.Token %}', execution: '{% $states.context.Execution.Id %}' },
    },
    End: true,
  };
  const { stateMachineArn = '' } = await client.send(
    new CreateStateMachineCommand({
      name: 'token',
      roleArn: 'arn:aws:iam::000000000000:role/any',
      definition: JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'Step', States: { Step: task } }),
    }),
  );
  return stateMachineArn;
}
