import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { awsError, fakeAws } from '../../../test/fakes/aws.ts';
import { batch, lambdaContext, record } from '../../../test/fakes/delivery.ts';
import { handler } from './handler.ts';

const aws = fakeAws();
const ALL_DONE = { batchItemFailures: [] };
const executionArn = 'arn:aws:states:eu-west-1:1:execution:ship-order:o-1';
const ended = {
  executionArn,
  stateMachineArn: 'arn:aws:states:eu-west-1:1:stateMachine:ship-order',
  name: 'o-1',
  status: 'SUCCEEDED',
  stopDate: 1_700_000_005_000,
  output: '{"status":"succeeded","value":7}',
  outputDetails: { included: true },
  error: null,
  cause: null,
};
const row = {
  execution: 'ship-order:o-1',
  step: '~result',
  status: 'SUCCEEDED',
  endedAt: 1_700_000_005_000,
  output: '{"status":"succeeded","value":7}',
  expiry: 1_700_000_005 + 30 * 86_400,
};

beforeEach(() => {
  process.env.RECORDS_TABLE = 'records';
  jest.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => {
  delete process.env.RECORDS_TABLE;
});

/** What comes of a message. */
async function receive(message: unknown) {
  const delivered = record(message);
  const answer = await handler(batch(delivered), lambdaContext);
  return { answer, again: { batchItemFailures: [{ itemIdentifier: delivered.messageId }] } };
}

const rows = () => aws.inputs('PutItem').map(({ Item }) => unmarshall(Item));

describe('an execution that ended', () => {
  test('is kept as a row, with an end', async () => {
    expect((await receive(ended)).answer).toEqual(ALL_DONE);
    expect(aws.inputs('PutItem')[0].TableName).toBe('records');
    expect(rows()).toEqual([row]);
    expect(aws.calls('DescribeExecution')).toEqual([]);
  });

  test.each([
    ['FAILED', 'Compensated.Transient', '{"step":"payment"}'],
    ['ABORTED', 'Stopped', 'customer called'],
    ['TIMED_OUT', null, null],
  ])('as %s is kept with what is said of it, and no output', async (status, error, cause) => {
    // The emulator's and the console's outputs of failed executions stay away.
    await receive({ ...ended, status, output: '{"Error":"x"}', outputDetails: null, error, cause });
    const { output: _, ...unsuccessful } = row;
    expect(rows()).toEqual([{ ...unsuccessful, status, ...(error ? { error, cause } : {}) }]);
    expect(aws.calls('DescribeExecution')).toEqual([]);
  });

  test('takes the place of an earlier end only', async () => {
    await receive(ended);
    const { ConditionExpression, ExpressionAttributeValues } = aws.inputs('PutItem')[0];
    expect(ConditionExpression).toBe('attribute_not_exists(endedAt) OR endedAt < :endedAt');
    expect(unmarshall(ExpressionAttributeValues)).toEqual({ ':endedAt': row.endedAt });
  });

  test('and whose end is known, or a later one, is done with', async () => {
    aws.answer('PutItem', () => {
      throw new ConditionalCheckFailedException({ message: '', $metadata: {} });
    });
    expect((await receive(ended)).answer).toEqual(ALL_DONE);
  });
});

describe('what the event does not hold is looked up', () => {
  const described = {
    status: 'SUCCEEDED',
    stopDate: new Date(ended.stopDate),
    output: ended.output,
  };

  test('such as an output that is too large for it', async () => {
    aws.answer('DescribeExecution', () => described);
    await receive({ ...ended, output: null, outputDetails: { included: false } });
    expect(aws.inputs('DescribeExecution')).toEqual([{ executionArn }]);
    expect(rows()).toEqual([row]);
  });

  test('such as an error', async () => {
    aws.answer('DescribeExecution', () => ({ ...described, status: 'FAILED', output: undefined, error: 'Parked.X' }));
    const { error: _, cause: __, ...silent } = { ...ended, status: 'FAILED' };
    await receive(silent);
    expect(rows()).toMatchObject([{ status: 'FAILED', error: 'Parked.X' }]);
  });

  test('and of an execution that was redriven meanwhile the later end is kept, under its own time', async () => {
    aws.answer('DescribeExecution', () => ({ ...described, stopDate: new Date(ended.stopDate + 60_000) }));
    await receive({ ...ended, output: null, outputDetails: { included: false } });
    expect(rows()).toMatchObject([{ endedAt: ended.stopDate + 60_000 }]);
  });

  test('and of one that is at work again nothing is kept: another event will come', async () => {
    aws.answer('DescribeExecution', () => ({ ...described, status: 'RUNNING', stopDate: undefined }));
    expect((await receive({ ...ended, output: null })).answer).toEqual(ALL_DONE);
    expect(rows()).toEqual([]);
  });

  test('and the largest that there can be fits into an item', async () => {
    aws.answer('DescribeExecution', () => ({ ...described, output: JSON.stringify('ü'.repeat(131_071)) }));
    await receive({ ...ended, output: null, outputDetails: { included: false } });
    expect(Buffer.byteLength(JSON.stringify(rows()[0]))).toBeLessThan(400 * 1_000);
    expect(Buffer.byteLength(String(rows()[0]?.output))).toBe(262_144);
  });
});

test.each(['PutItem', 'DescribeExecution'])(
  'an end that cannot be kept now, as %s fails, is delivered again, alone',
  async (call) => {
    aws.answer(call, () => {
      throw awsError('ThrottlingException');
    });
    const { answer, again } = await receive({ ...ended, output: null });
    expect(answer).toEqual(again);
  },
);

test('a message that is no event is delivered again, and ends as a dead letter', async () => {
  const { answer, again } = await receive('not json');
  expect(answer).toEqual(again);
});
