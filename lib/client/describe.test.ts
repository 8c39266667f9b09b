import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Order } from '../../test/fakes/atoms.ts';
import { fakeAws } from '../../test/fakes/aws.ts';
import { FakeExecutions } from '../../test/fakes/executions.ts';
import { NotStarted, WorkflowFailed, workflowClient } from './index.ts';

const aws = fakeAws();
const newClient = () =>
  workflowClient(
    { name: 'ship-order', input: Order },
    { clients: { stepFunctions: new SFNClient(), dynamoDB: new DynamoDBClient(), ssm: new SSMClient() } },
  );
let client: ReturnType<typeof newClient>;
let executions: FakeExecutions;
beforeEach(() => {
  executions = new FakeExecutions(aws);
  client = newClient();
});

describe('how an order stands', () => {
  test('that runs', async () => {
    executions.run('o-1');
    expect(await client.describe('o-1')).toEqual({
      id: 'o-1',
      executionArn: 'arn:aws:states:eu-west-1:1:execution:ship-order:o-1',
      status: 'running',
      startedAt: expect.any(Date),
    });
  });

  test.each([
    [
      { status: 'succeeded', value: 7 },
      { status: 'succeeded', end: { status: 'succeeded', value: 7 } },
    ],
    [
      { status: 'declined', failure: { step: 'stock', name: 'OutOfStock', cause: '{"sku":"mug"}' } },
      { status: 'declined', end: { failure: { name: 'OutOfStock', payload: { sku: 'mug' } } } },
    ],
  ])('that ended as %j is told with its end', async (output, described) => {
    executions.run('o-1');
    executions.end('o-1', { status: 'SUCCEEDED', output });
    expect(await client.describe('o-1')).toMatchObject({ ...described, stoppedAt: expect.any(Date) });
    expect(aws.calls('DescribeExecution')).toHaveLength(1);
  });

  test.each([
    ['Compensated.Transient', 'done'],
    ['Parked.Transient', 'parked'],
  ])('that failed as %s is told without asking further', async (error, undo) => {
    executions.run('o-1');
    executions.end('o-1', { status: 'FAILED', error, cause: '{"Error":"Transient","step":"payment"}' });
    const described = await client.describe('o-1');
    expect(described).toMatchObject({ status: 'failed', undo, failure: { step: 'payment', error: 'Transient' } });
    expect(described.failure).toBeInstanceOf(WorkflowFailed);
    expect(aws.calls('DescribeExecution')).toHaveLength(1);
  });

  test.each([
    [undefined, 'not begun'],
    ['RUNNING', 'running'],
    ['SUCCEEDED', 'done'],
    ['FAILED', 'parked'],
    ['TIMED_OUT', 'failed'],
    ['ABORTED', 'failed'],
  ] as const)('that was ended from outside, when its undo is %s', async (undoStatus, undo) => {
    executions.run('o-1');
    executions.end('o-1', { status: 'TIMED_OUT' });
    if (undoStatus) executions.run('undo-ship-order:o-1');
    if (undoStatus && undoStatus !== 'RUNNING') executions.end('undo-ship-order:o-1', { status: undoStatus });
    expect(await client.describe('o-1')).toMatchObject({ status: 'timed out', undo });
  });

  test('that nobody started is an error', async () => {
    await expect(client.describe('o-1')).rejects.toThrow(NotStarted);
  });
});

describe('an order that is stopped', () => {
  beforeEach(() => {
    aws.answer('DescribeStateMachineForExecution', () => ({ definition: '{"Comment":"ship-order"}' }));
  });

  test('ends with the reason, and is undone', async () => {
    executions.run('o-1');
    expect(await client.stop('o-1', 'customer called')).toEqual({
      started: true,
      undoExecutionArn: 'arn:aws:states:eu-west-1:1:execution:undo-ship-order:o-1',
    });
    expect(await client.describe('o-1')).toMatchObject({
      status: 'stopped',
      undo: 'running',
      failure: { reason: 'customer called' },
    });
  });

  test('but had ended before is left as it is', async () => {
    executions.run('o-1');
    executions.end('o-1', { status: 'SUCCEEDED', output: { status: 'succeeded', value: 1 } });
    expect(await client.stop('o-1', 'too late')).toEqual({
      started: false,
      reason: 'it had ended before (SUCCEEDED)',
    });
  });

  test('but was never started is an error', async () => {
    await expect(client.stop('o-1', 'x')).rejects.toThrow(NotStarted);
  });

  test('waits its turn for each DescribeExecution, as all do', async () => {
    executions.run('o-1');
    const begun = performance.now();
    await client.stop('o-1', 'x');
    const calls = aws.calls('DescribeExecution').length;
    expect(calls).toBeGreaterThanOrEqual(3);
    expect(performance.now() - begun).toBeGreaterThanOrEqual((calls - 1) * 200 - 10);
  });
});
