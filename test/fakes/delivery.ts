/** What a Lambda function of an atom is called with. */
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { days, type Envelope } from '../../lib/contract/index.ts';

export const lambdaContext = {
  functionName: 'atom',
  awsRequestId: 'request',
  getRemainingTimeInMillis: () => 30_000,
} as unknown as Context;

/** An envelope of the first attempt of an order's step, in time. */
export function envelope(more: Partial<Envelope> & { readonly contract: string }): Envelope {
  const now = Date.now();
  return {
    breakwater: 1,
    verb: 'do',
    execution: 'ship-order:o-1',
    step: 'payment',
    attempt: 1,
    notAfter: now + days(14).milliseconds,
    correlationId: 'o-1',
    ...more,
  };
}

let messages = 0;

export function record(body: unknown, { receives = 1, receiptHandle = 'receipt' } = {}): SQSRecord {
  messages += 1;
  return {
    messageId: `message-${messages}`,
    receiptHandle,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: '0',
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue',
    awsRegion: 'us-east-1',
  };
}

/** A batch of a queue. */
export const batch = (...records: readonly SQSRecord[]): SQSEvent => ({ Records: [...records] });
