import { beforeEach, expect, jest, test } from '@jest/globals';
import { awsError, fakeAws } from '../../../test/fakes/aws.ts';
import { batch, lambdaContext, record } from '../../../test/fakes/delivery.ts';
import { handler } from './handler.ts';

const aws = fakeAws();
const ended = { executionArn: 'arn:of:o-1', name: 'o-1', status: 'ABORTED', undoMachineArn: 'undo-machine' };
const ALL_DONE = { batchItemFailures: [] };

/** What comes of a message. */
async function receive(message: unknown, receives = 1) {
  const delivered = record(message, { receives });
  const answer = await handler(batch(delivered), lambdaContext);
  return { answer, again: { batchItemFailures: [{ itemIdentifier: delivered.messageId }] } };
}

beforeEach(() => {
  jest.spyOn(console, 'log').mockImplementation(() => {});
});

test.each(['ABORTED', 'TIMED_OUT', 'FAILED'])(
  'an execution that ended as %s is undone, under its own name',
  async (status) => {
    aws.answer('DescribeExecution', () => ({ status, error: 'States.Runtime' }));
    expect((await receive({ ...ended, status })).answer).toEqual(ALL_DONE);
    expect(aws.inputs('StartExecution')).toEqual([
      {
        stateMachineArn: 'undo-machine',
        name: 'o-1',
        input: JSON.stringify({ execution: 'o-1', executionArn: 'arn:of:o-1', status }),
      },
    ]);
  },
);

test('an execution that compensated itself is left alone', async () => {
  aws.answer('DescribeExecution', () => ({ status: 'FAILED', error: 'Compensated.States.Timeout' }));
  expect((await receive({ ...ended, status: 'FAILED' })).answer).toEqual(ALL_DONE);
  expect(aws.inputs('DescribeExecution')).toEqual([{ executionArn: 'arn:of:o-1' }]);
  expect(aws.inputs('StartExecution')).toEqual([]);
});

test('an execution that is being undone already is left alone', async () => {
  aws.answer('StartExecution', () => {
    throw awsError('ExecutionAlreadyExists');
  });
  expect((await receive(ended)).answer).toEqual(ALL_DONE);
});

test.each(['DescribeExecution', 'StartExecution'])(
  'an undo that cannot be started now, as %s is throttled, is delivered again',
  async (call) => {
    aws.answer(call, () => {
      throw awsError('ThrottlingException');
    });
    const { answer, again } = await receive(ended);
    expect(answer).toEqual(again);
  },
);

test('a message that is no request is delivered again, and ends as a dead letter', async () => {
  const { answer, again } = await receive('not json');
  expect(answer).toEqual(again);
});

test('an execution that still seems to run is looked at once more, and then believed', async () => {
  aws.answer('DescribeExecution', () => ({ status: 'RUNNING' }));
  const first = await receive(ended);
  expect(first.answer).toEqual(first.again);
  expect((await receive(ended, 2)).answer).toEqual(ALL_DONE);
  expect(aws.inputs('StartExecution')).toEqual([]);
});

test('an undo that cannot be started now is delivered again, whatever else is received in the process meanwhile', async () => {
  aws.answer('DescribeExecution', (_, call) => {
    if (call === 1) throw awsError('ThrottlingException');
    return { status: 'ABORTED' };
  });
  const [throttled, started] = await Promise.all([receive(ended), receive({ ...ended, name: 'o-2' })]);
  expect([throttled.answer, started.answer]).toEqual([throttled.again, ALL_DONE]);
});
