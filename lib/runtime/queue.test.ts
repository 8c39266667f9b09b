import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { awsError, fakeAws } from '../../test/fakes/aws.ts';
import { batch, lambdaContext, record } from '../../test/fakes/delivery.ts';
import { deadLetter, deliverAgainAt, nextTry, receiveEach } from './queue.ts';

const aws = fakeAws();

beforeEach(() => {
  process.env.QUEUE_URL = 'queue';
  process.env.DEAD_LETTER_QUEUE_URL = 'dead-letters';
});
afterEach(() => {
  delete process.env.QUEUE_URL;
  delete process.env.DEAD_LETTER_QUEUE_URL;
});

describe('a batch', () => {
  const failing = async ({ body }: { readonly body: string }): Promise<void> => {
    if (body === 'wrong') throw new Error('no');
  };

  test('has the messages that failed delivered again, and no others', async () => {
    const wrong = record('wrong');
    const answer = await receiveEach(batch(record('right'), wrong), lambdaContext, failing);
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: wrong.messageId }] });
  });

  test('keeps its failures to itself where another is received in the same process meanwhile', async () => {
    const wrong = record('wrong');
    const [first, second] = await Promise.all([
      receiveEach(batch(wrong), lambdaContext, failing),
      receiveEach(batch(record('right')), lambdaContext, failing),
    ]);
    expect(first).toEqual({ batchItemFailures: [{ itemIdentifier: wrong.messageId }] });
    expect(second).toEqual({ batchItemFailures: [] });
  });
});

test('a message that cannot be helped goes to the dead-letter queue as it came, with the reason', async () => {
  const message = record('{"no": "envelope"');
  await deadLetter(message, 'The message is no JSON.');
  expect(aws.inputs('SendMessage')).toEqual([
    {
      QueueUrl: 'dead-letters',
      MessageBody: '{"no": "envelope"',
      MessageAttributes: {
        reason: { DataType: 'String', StringValue: 'The message is no JSON.' },
        originalMessageId: { DataType: 'String', StringValue: message.messageId },
      },
    },
  ]);
});

test.each([
  ['a long reason is cut', 'x'.repeat(5_000), 'x'.repeat(1_000)],
  ['an empty reason, which SQS refuses, is named', '', 'unknown'],
])('%s', async (_, reason, expected) => {
  await deadLetter(record('x'), reason);
  expect(aws.inputs('SendMessage')[0].MessageAttributes.reason.StringValue).toBe(expected);
});

describe('a message that is to come again', () => {
  test.each([
    ['in seconds, rounded up', 1_200, 2],
    ['at once when the time is over', -5_000, 0],
    ['after 12 hours at the latest, which is all that SQS takes', 90_000_000, 43_200],
  ])('comes %s', async (_, milliseconds, expected) => {
    jest.spyOn(Date, 'now').mockReturnValue(1_000_000);
    await deliverAgainAt(record('x', { receiptHandle: 'handle' }), 1_000_000 + milliseconds);
    expect(aws.inputs('ChangeMessageVisibility')).toEqual([
      { QueueUrl: 'queue', ReceiptHandle: 'handle', VisibilityTimeout: expected },
    ]);
  });

  test('and whose visibility cannot be changed comes when its visibility time-out ends', async () => {
    aws.answer('ChangeMessageVisibility', () => {
      throw awsError('ReceiptHandleIsInvalid');
    });
    await expect(deliverAgainAt(record('x'), Date.now())).resolves.toBeUndefined();
  });
});

describe('a message that nobody waits for', () => {
  test.each([
    [1, 20_000],
    [2, 60_000],
    [4, 540_000],
    [9, 600_000],
  ])('received %d times comes again within %d ms, and not before half of that', (receives, limit) => {
    jest.spyOn(Date, 'now').mockReturnValue(0);
    const draws = [0, 0.5, 1].map((draw) => {
      jest.spyOn(Math, 'random').mockReturnValue(draw);
      return nextTry(record('x', { receives }));
    });
    expect(draws).toEqual([limit / 2, (3 * limit) / 4, limit]);
  });
});
