import type { Context as LambdaContext, SQSEvent } from 'aws-lambda';
import type { Envelope } from '../contract/index.ts';

/** A message as the event source hands it to a function. */
export const queued = (message: Envelope): SQSEvent => ({
  Records: [
    {
      messageId: 'message',
      receiptHandle: 'receipt',
      body: JSON.stringify(message),
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '0',
        SenderId: 'sender',
        ApproximateFirstReceiveTimestamp: '0',
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue',
      awsRegion: 'us-east-1',
    },
  ],
});

export const lambdaContext = {
  functionName: 'atom-under-test',
  awsRequestId: 'request',
  getRemainingTimeInMillis: () => 900_000,
} as unknown as LambdaContext;
