/** Queues, as the tests of the emulator make and read them. */
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { type UnderTest, unique } from './under-test.ts';

/** What a token task sends (see `tokenTask`). */
export interface TaskMessage {
  readonly token: string;
  readonly state: string;
}

export async function createQueue(
  { queues }: UnderTest,
  attributes: Partial<Record<QueueAttributeName, string>> = {},
): Promise<string> {
  const { QueueUrl = '' } = await queues.send(
    new CreateQueueCommand({ QueueName: unique('queue'), Attributes: attributes }),
  );
  return QueueUrl;
}

export async function arnOf({ queues }: UnderTest, queueUrl: string): Promise<string> {
  const { Attributes } = await queues.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
  );
  return Attributes?.QueueArn ?? '';
}

/** Takes messages until there are so many or the seconds are over; bodies are JSON. */
export async function receive<Body>(
  { queues }: UnderTest,
  queueUrl: string,
  wanted: number,
  seconds = 4,
): Promise<Body[]> {
  const bodies: Body[] = [];
  const until = Date.now() + seconds * 1000;
  while (bodies.length < wanted && Date.now() < until) {
    const { Messages = [] } = await queues.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, WaitTimeSeconds: 1, MaxNumberOfMessages: 10 }),
    );
    for (const { ReceiptHandle, Body = 'null' } of Messages) {
      bodies.push(JSON.parse(Body));
      await queues.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
  }
  return bodies;
}

/** The next task message; fails when none comes. */
export async function nextTask(underTest: UnderTest, queueUrl: string): Promise<TaskMessage> {
  const [message] = await receive<TaskMessage>(underTest, queueUrl, 1, 6);
  if (!message) throw new Error('No task message came.');
  return message;
}
