import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { ChangeMessageVisibilityCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Context as LambdaContext, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { defaults, scaled } from '../contract/index.ts';
import { clients } from './clients.ts';
import { environment } from './environment.ts';
import { timeScale } from './handler.ts';

/**
 * Receives each message of a batch, all at once. What is thrown for one has that one delivered again, never its
 * neighbours. The processor keeps what failed, so each invocation has its own: where several share a process, one would
 * take another's failures away, and their messages were deleted.
 */
export const receiveEach = (
  event: SQSEvent,
  lambda: LambdaContext,
  receive: (record: SQSRecord) => Promise<void>,
): Promise<SQSBatchResponse> =>
  processPartialResponse(event, receive, new BatchProcessor(EventType.SQS), {
    context: lambda,
    throwOnFullBatchFailure: false,
  }) as Promise<SQSBatchResponse>;

/** Puts a message into the dead-letter queue with the reason: delivering it again would not help. */
export async function deadLetter(record: SQSRecord, reason: string): Promise<void> {
  await clients.sqs().send(
    new SendMessageCommand({
      QueueUrl: environment('DEAD_LETTER_QUEUE_URL'),
      MessageBody: record.body,
      MessageAttributes: {
        reason: { DataType: 'String', StringValue: reason.slice(0, 1_000) || 'unknown' },
        originalMessageId: { DataType: 'String', StringValue: record.messageId },
      },
    }),
  );
}

/** Has a message delivered again at a given time, in epoch milliseconds. */
export async function deliverAgainAt(record: SQSRecord, at: number): Promise<void> {
  const seconds = Math.min(Math.max(Math.ceil((at - Date.now()) / 1_000), 0), LONGEST_VISIBILITY_SECONDS);
  await clients
    .sqs()
    .send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: environment('QUEUE_URL'),
        ReceiptHandle: record.receiptHandle,
        VisibilityTimeout: seconds,
      }),
    )
    .catch(() => undefined); // then it comes back when its visibility time-out ends
}

/**
 * When a message that nobody waits for is tried again: backoff with equal jitter, by how often it was received. With full
 * jitter its few receives could all fall into one outage of a minute or two ("Exponential Backoff And Jitter", AWS
 * Architecture Blog).
 */
export function nextTry(record: SQSRecord): number {
  const { interval, backoffRate, cap } = defaults.redelivery;
  const receives = Number(record.attributes.ApproximateReceiveCount);
  const delay = Math.min(interval.milliseconds * backoffRate ** (receives - 1), cap.milliseconds);
  return Date.now() + ((1 + Math.random()) / 2) * scaled({ milliseconds: delay }, timeScale()).milliseconds;
}

/** SQS's limit: 12 hours. */
const LONGEST_VISIBILITY_SECONDS = 43_200;
