import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import * as z from 'zod';
import { Order } from '../../test/fakes/atoms.ts';
import { awsError, type Call, fakeAws } from '../../test/fakes/aws.ts';
import { type FakeEnd, FakeExecutions } from '../../test/fakes/executions.ts';
import { NotEnded, NotStarted, seconds, WorkflowFailed, workflowClient } from './index.ts';

// The pace of DescribeExecution is the process's, and goes on from test to test: so does the clock.
beforeAll(() => {
  jest.useFakeTimers();
});
afterAll(() => {
  jest.useRealTimers();
});

const aws = fakeAws();
const clients = () => ({ stepFunctions: new SFNClient(), dynamoDB: new DynamoDBClient(), ssm: new SSMClient() });
const newClient = () => workflowClient({ name: 'ship-order', input: Order }, { clients: clients() });
let client: ReturnType<typeof newClient>;
let executions: FakeExecutions;
beforeEach(() => {
  executions = new FakeExecutions(aws);
  client = newClient();
});

const SHIPPED = { status: 'SUCCEEDED', output: { status: 'succeeded', value: { labelId: 'l-1' } } } as const;

/** When each call of a kind was made from now on, in milliseconds. */
function timesOf(name: string, answer: (input: Call['input']) => unknown): readonly number[] {
  const times: number[] = [];
  const begun = Date.now();
  aws.answer(name, (input) => {
    times.push(Date.now() - begun);
    return answer(input);
  });
  return times;
}

/** What a promise has come to after some time; a rejection is no value, and its error is. */
async function settledAfter<T>(milliseconds: number, promise: Promise<T>): Promise<T | Error | 'waiting'> {
  const settled = Promise.race([
    promise.catch((error: unknown) => error as Error),
    new Promise<'waiting'>((resolve) => setTimeout(() => resolve('waiting'), milliseconds)),
  ]);
  await jest.advanceTimersByTimeAsync(milliseconds + 1);
  return settled;
}

describe('the end of an order whose row is there', () => {
  const ended = async (end: FakeEnd) => {
    executions.keep('o-1', end);
    return settledAfter(100, client.result('o-1', { within: seconds(30) }));
  };

  test('is its value', async () => {
    expect(await ended(SHIPPED)).toEqual({ status: 'succeeded', value: { labelId: 'l-1' } });
    expect(aws.calls('DescribeExecution')).toEqual([]);
  });

  test('is read with the attributes that a client may read, and no others', async () => {
    await ended(SHIPPED);
    const { Keys, ProjectionExpression, ExpressionAttributeNames } = aws.inputs('BatchGetItem')[0].RequestItems.records;
    expect(Keys).toEqual([{ execution: { S: 'ship-order:o-1' }, step: { S: '~result' } }]);
    expect(ProjectionExpression.split(', ').map((name: string) => ExpressionAttributeNames[name])).toEqual([
      ...['execution', 'step', 'status', 'endedAt', 'output', 'error', 'cause', 'expiry'],
    ]);
  });

  test('of one that was declined is the failure with its payload', async () => {
    const failure = { step: 'payment', name: 'CardDeclined', cause: '{"reason":"expired"}' };
    expect(await ended({ status: 'SUCCEEDED', output: { status: 'declined', failure } })).toEqual({
      status: 'declined',
      failure: { step: 'payment', name: 'CardDeclined', payload: { reason: 'expired' } },
    });
  });

  test('of one whose payload was cut is the failure with what is left of it', async () => {
    const failure = { step: 'payment', name: 'CardDeclined', cause: '{"reason":"expi' };
    expect(await ended({ status: 'SUCCEEDED', output: { status: 'declined', failure } })).toMatchObject({
      failure: { payload: '{"reason":"expi' },
    });
  });

  const cause = JSON.stringify({ Error: 'States.Timeout', Cause: 'no answer', step: 'payment', parked: [] });
  test.each([
    [
      'that compensated itself',
      { status: 'FAILED', error: 'Compensated.States.Timeout', cause },
      { error: 'States.Timeout', reason: 'no answer', step: 'payment', compensated: true, parked: false },
      'ship-order "o-1" failed at payment: States.Timeout (no answer). What it had done is undone; mend the cause, and start it again under another id.',
    ],
    [
      'that was parked',
      { status: 'FAILED', error: 'Parked.Declared.NoCarrier', cause: '{"Error":"Declared.NoCarrier","step":"label"}' },
      { error: 'Declared.NoCarrier', reason: undefined, step: 'label', compensated: false, parked: true },
      'ship-order "o-1" failed at label: Declared.NoCarrier. Something of what it had done could not be undone and waits for an operator: do not start it again before that is decided.',
    ],
    [
      'that was stopped',
      { status: 'ABORTED', error: 'Stopped', cause: 'customer called' },
      { error: 'Stopped', reason: 'customer called', step: undefined, compensated: false, parked: false },
      'ship-order "o-1" was stopped (customer called). What it had done is being undone: describe() says how far that is.',
    ],
    [
      'that timed out',
      { status: 'TIMED_OUT' },
      { error: undefined, reason: undefined, step: undefined, compensated: false, parked: false },
      'ship-order "o-1" passed the time limit of its machine. What it had done is being undone: describe() says how far that is.',
    ],
    [
      'whose cause was cut',
      { status: 'FAILED', error: 'Compensated.Transient', cause: '{"Error":"Transient","Cau' },
      { error: 'Transient', reason: undefined, step: undefined, compensated: true },
      'ship-order "o-1" failed: Transient. What it had done is undone',
    ],
  ] as const)('of one %s is an error that says so', async (_, end, facts, message) => {
    const error = await ended(end);
    expect(error).toBeInstanceOf(WorkflowFailed);
    expect(error).toMatchObject({ workflow: 'ship-order', id: 'o-1', status: end.status, ...facts });
    expect((error as Error).message).toContain(message);
  });

  test('is checked against the schema of results where there is one', async () => {
    const strict = workflowClient(
      { name: 'ship-order', input: Order, output: z.object({ labelId: z.int() }) },
      { clients: clients() },
    );
    executions.keep('o-1', SHIPPED);
    expect(await settledAfter(100, strict.result('o-1', { within: seconds(30) }))).toMatchObject({
      name: 'ContractViolation',
      message:
        'The result of ship-order breaks its contract. labelId: Invalid input: expected number, received string (received "l-1")',
    });
  });

  test('that no workflow of Breakwater has is refused', async () => {
    expect(await ended({ status: 'SUCCEEDED', output: { some: 'thing' } })).toMatchObject({
      message:
        'The output of ship-order "o-1" breaks its contract. status: expected "succeeded" or "declined", which every workflow of Breakwater ends with (received {"some":"thing"})',
    });
  });

  test('counts no more when its time is over, though DynamoDB has not deleted it', async () => {
    executions.run('o-1');
    executions.keep('o-1', SHIPPED, Date.now() / 1_000 - 1);
    expect(await settledAfter(2_000, client.result('o-1', { within: seconds(1) }))).toBeInstanceOf(NotEnded);
  });
});

describe('two hundred who wait', () => {
  const ids = Array.from({ length: 200 }, (_, index) => `o-${index}`);
  const waitForAll = () => ids.map((id) => client.result(id, { within: seconds(300) }));
  const mostWithinASecond = (times: readonly number[]) =>
    Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));

  test('read the rows in batches, each ever more slowly, and ask Step Functions nothing while rows come', async () => {
    for (const id of ids) executions.run(id);
    const reads = timesOf('BatchGetItem', (input) => executions.batchGet(input));
    const described = timesOf('DescribeExecution', (input) => executions.describe(input));
    const all = Promise.all(waitForAll());
    await jest.advanceTimersByTimeAsync(4_000);
    const keys = aws.inputs('BatchGetItem').map(({ RequestItems }) => RequestItems.records.Keys.length);
    expect(Math.max(...keys)).toBe(100);
    expect(reads.filter((at) => at < 50)).toHaveLength(2); // all of them, at once
    const looks = keys.reduce((sum, each) => sum + each, 0) / ids.length;
    expect(looks).toBeGreaterThan(4);
    expect(looks).toBeLessThan(16); // a look every 100 ms would be 40
    for (const id of ids) executions.keep(id, SHIPPED);
    await jest.advanceTimersByTimeAsync(1_001);
    expect(await all).toHaveLength(200);
    expect(described).toEqual([]);
  });

  test('whose events were all lost make at most five calls of DescribeExecution a second, and get all ends', async () => {
    for (const id of ids) {
      executions.run(id);
      executions.end(id, SHIPPED);
    }
    const described = timesOf('DescribeExecution', (input) => executions.describe(input));
    const all = Promise.all(waitForAll());
    await jest.advanceTimersByTimeAsync(60_000);
    expect(new Set((await all).map(({ status }) => status))).toEqual(new Set(['succeeded']));
    expect(described).toHaveLength(200);
    expect(described[0]).toBeGreaterThanOrEqual(5_000);
    expect(mostWithinASecond(described)).toBeLessThanOrEqual(5);
  });

  test('do not keep somebody else waiting who wants to know how an order stands', async () => {
    for (const id of ids) executions.run(id);
    const all = waitForAll().map((each) => each.catch(() => 'over'));
    await jest.advanceTimersByTimeAsync(8_000);
    expect(await settledAfter(1_000, client.describe('o-7'))).toMatchObject({ status: 'running' });
    for (const id of ids) executions.keep(id, SHIPPED);
    await jest.advanceTimersByTimeAsync(2_000);
    await Promise.all(all);
  });

  test('for the same order read one row', async () => {
    executions.run('o-1');
    const all = Promise.all(ids.map(() => client.result('o-1', { within: seconds(30) })));
    await jest.advanceTimersByTimeAsync(1_000);
    const keys = aws.inputs('BatchGetItem').map(({ RequestItems }) => RequestItems.records.Keys.length);
    expect(new Set(keys)).toEqual(new Set([1]));
    executions.keep('o-1', SHIPPED);
    await jest.advanceTimersByTimeAsync(1_001);
    expect(await all).toHaveLength(200);
  });
});

describe('an order whose end nobody tells', () => {
  test('is asked for seldom while it runs, and nothing is asked any more when nobody waits', async () => {
    executions.run('o-1');
    const described = timesOf('DescribeExecution', (input) => executions.describe(input));
    const result = client.result('o-1', { within: seconds(300) });
    await jest.advanceTimersByTimeAsync(68_000);
    expect(described).toHaveLength(2);
    expect(described[0]).toBeLessThan(5_500);
    expect((described[1] ?? 0) - (described[0] ?? 0)).toBeGreaterThanOrEqual(30_000);
    executions.end('o-1', SHIPPED);
    expect(await settledAfter(120_500, result)).toMatchObject({ status: 'succeeded' });
    expect(described).toHaveLength(3);
    expect((described[2] ?? 0) - (described[1] ?? 0)).toBeGreaterThanOrEqual(60_000);
    const calls = aws.calls().length;
    await jest.advanceTimersByTimeAsync(600_000);
    expect(aws.calls()).toHaveLength(calls);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('is not asked for more often because ever more wait for it', async () => {
    executions.run('o-1');
    const all = Array.from({ length: 20 }, async (_, index) => {
      await new Promise((resolve) => setTimeout(resolve, index * 1_000));
      return client.result('o-1', { within: seconds(60) });
    });
    await jest.advanceTimersByTimeAsync(30_000);
    expect(aws.calls('DescribeExecution')).toHaveLength(1);
    executions.keep('o-1', SHIPPED);
    await jest.advanceTimersByTimeAsync(1_001);
    expect(await Promise.all(all)).toHaveLength(20);
  });

  test('has not ended when the time is over: an error says what to do', async () => {
    executions.run('o-1');
    const error = await settledAfter(3_001, client.result('o-1', { within: seconds(3) }));
    expect(error).toBeInstanceOf(NotEnded);
    expect(error).toMatchObject({ within: seconds(3), running: true });
    expect((error as Error).message).toBe(
      'ship-order "o-1" has not ended within 3s. It goes on: ask again with result(), look with describe(), or end it with stop().',
    );
    expect(jest.getTimerCount()).toBe(0);
  });

  test('is not said to run where nobody could tell', async () => {
    executions.run('o-1');
    aws.answer('DescribeExecution', () => {
      throw awsError('ThrottlingException');
    });
    const error = await settledAfter(3_001, client.result('o-1', { within: seconds(3) }));
    expect(error).toMatchObject({ running: false, cause: { name: 'ThrottlingException' } });
    expect((error as Error).message).toBe(
      'ship-order "o-1" is not known to have ended within 3s; it may be at work, or not have been started: ask again with result(), look with describe(), or end it with stop().',
    );
  });

  test('is not waited for any more when the caller gives up', async () => {
    executions.run('o-1');
    const giveUp = new AbortController();
    const result = client.result('o-1', { within: seconds(30), signal: giveUp.signal });
    setTimeout(() => giveUp.abort(new Error('the user left')), 1_000);
    expect(await settledAfter(1_100, result)).toMatchObject({ message: 'the user left' });
    expect(jest.getTimerCount()).toBe(0);
    const calls = aws.calls().length;
    await expect(client.result('o-1', { within: seconds(30), signal: giveUp.signal })).rejects.toThrow('the user left');
    expect(aws.calls()).toHaveLength(calls);
  });

  test('goes on being waited for by others when one gives up', async () => {
    executions.run('o-1');
    const giveUp = new AbortController();
    const one = client.result('o-1', { within: seconds(30), signal: giveUp.signal }).catch(() => 'gone');
    const other = client.result('o-1', { within: seconds(30) });
    await jest.advanceTimersByTimeAsync(500);
    giveUp.abort();
    executions.keep('o-1', SHIPPED);
    expect(await settledAfter(1_001, other)).toMatchObject({ status: 'succeeded' });
    expect(await one).toBe('gone');
  });
});

describe('an id that nobody started', () => {
  test('is an error when the time is over and Step Functions says so, and not before', async () => {
    const result = client.result('o-1', { within: seconds(300) });
    result.catch(() => {});
    expect(await settledAfter(299_900, result)).toBe('waiting');
    const error = await settledAfter(100, result);
    expect(error).toBeInstanceOf(NotStarted);
    expect(aws.calls('DescribeExecution').length).toBeLessThanOrEqual(6);
    expect((error as Error).message).toBe(
      'ship-order "o-1" was never started: there is no execution arn:aws:states:eu-west-1:1:execution:ship-order:o-1. Check the id, the account and the region. If an event was to start it, that may have been refused: the queue rejected-ship-order says why.',
    );
  });

  test.each([1, 2, 3, 10])('is one too when the time is over after %i s', async (within) => {
    const result = client.result('o-1', { within: seconds(within) });
    expect(await settledAfter(within * 1_000 + 1, result)).toBeInstanceOf(NotStarted);
  });

  test('is not known as such where Step Functions did not say so in the end', async () => {
    aws.answer('DescribeExecution', (_, call) => {
      throw awsError(call === 1 ? 'ExecutionDoesNotExist' : 'ThrottlingException');
    });
    const error = await settledAfter(20_001, client.result('o-1', { within: seconds(20) }));
    expect(error).toBeInstanceOf(NotEnded);
    expect(error).toMatchObject({ running: false, cause: { name: 'ThrottlingException' } });
  });

  test.each([10, 100, 250])('and whose event starts it after %i s is waited for', async (after) => {
    const result = client.result('o-1', { within: seconds(300) });
    await jest.advanceTimersByTimeAsync(after * 1_000);
    executions.run('o-1');
    await jest.advanceTimersByTimeAsync(10_000);
    executions.keep('o-1', SHIPPED);
    expect(await settledAfter(1_001, result)).toMatchObject({ status: 'succeeded' });
  });

  test('and whose event starts it just before the time is over has not ended', async () => {
    const result = client.result('o-1', { within: seconds(60) });
    result.catch(() => {});
    await jest.advanceTimersByTimeAsync(58_900);
    executions.run('o-1');
    expect(await settledAfter(1_101, result)).toMatchObject({ name: 'NotEnded', running: true });
  });

  test('is told with the queue of its platform', async () => {
    const prefixed = workflowClient({ name: 'ship-order', input: Order }, { clients: clients(), prefix: 'shop-' });
    const error = await settledAfter(2_001, prefixed.result('o-1', { within: seconds(2) }));
    expect((error as Error).message).toContain('the queue shop-rejected-ship-order says why');
    await expect(prefixed.stop('o-1', 'x')).rejects.toThrow('the queue shop-rejected-ship-order says why');
  });
});

describe('what AWS answers', () => {
  test('is tried again where it may be gone by then', async () => {
    executions.keep('o-1', SHIPPED);
    aws.answer('BatchGetItem', (input, call) => {
      if (call === 1) throw awsError('ProvisionedThroughputExceededException');
      if (call === 2) throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
      if (call === 3) return { Responses: {}, UnprocessedKeys: input.RequestItems };
      return executions.batchGet(input);
    });
    expect(await settledAfter(2_000, client.result('o-1', { within: seconds(30) }))).toMatchObject({
      status: 'succeeded',
    });
    expect(aws.calls('BatchGetItem')).toHaveLength(4);
  });

  test.each(['BatchGetItem', 'DescribeExecution'])('is told at once where %s is not allowed', async (call) => {
    executions.run('o-1');
    aws.answer(call, () => {
      throw awsError('AccessDeniedException', 'not allowed');
    });
    expect(await settledAfter(6_000, client.result('o-1', { within: seconds(30) }))).toMatchObject({
      name: 'AccessDeniedException',
    });
  });
});

test('rows of two workflows are read apart, as a caller may read them by two grants', async () => {
  const shared = clients();
  const ship = workflowClient({ name: 'ship-order', input: Order }, { clients: shared });
  const bill = workflowClient({ name: 'bill-order', input: Order }, { clients: shared });
  aws.answer('BatchGetItem', (input) => {
    const keys: { execution: { S: string } }[] = input.RequestItems.records.Keys;
    if (new Set(keys.map(({ execution }) => execution.S.split(':')[0])).size > 1)
      throw awsError('AccessDeniedException');
    return executions.batchGet(input);
  });
  executions.keep('o-1', SHIPPED);
  executions.run('b-1');
  const [shipped, billed] = [
    ship.result('o-1', { within: seconds(2) }),
    bill.result('b-1', { within: seconds(2) }).catch((error: unknown) => error),
  ];
  expect(await settledAfter(2_001, Promise.all([shipped, billed]))).toEqual([
    { status: 'succeeded', value: { labelId: 'l-1' } },
    expect.any(NotEnded),
  ]);
});

test('the time to wait is not longer where the workflow was deployed anew meanwhile', async () => {
  executions.run('o-1');
  const begun = Date.now();
  aws.answer('BatchGetItem', (input) => {
    if (Date.now() - begun > 2_000 && aws.calls('GetParameter').length === 1)
      throw awsError('ResourceNotFoundException');
    return executions.batchGet(input);
  });
  const error = await settledAfter(4_001, client.result('o-1', { within: seconds(4) }));
  expect(aws.calls('GetParameter')).toHaveLength(2);
  expect(error).toMatchObject({ name: 'NotEnded', within: seconds(4) });
});

test('a workflow that keeps no ends is asked for by DescribeExecution alone, at the same pace', async () => {
  Object.assign(executions.address, { resultsTable: undefined });
  executions.run('o-1');
  const result = client.result('o-1', { within: seconds(30) });
  await jest.advanceTimersByTimeAsync(2_000);
  executions.end('o-1', SHIPPED);
  // Asked at five seconds, and then it waits for its turn among all that the process asks.
  expect(await settledAfter(4_000, result)).toMatchObject({ status: 'succeeded' });
  expect(aws.calls('BatchGetItem')).toEqual([]);
});

test.each([
  [30, '"within" is 30. It is how long to wait, such as { within: seconds(30) }.'],
  [undefined, '"within" is left out. It is how long to wait, such as { within: seconds(30) }.'],
])('a wait within %s is refused', async (within, message) => {
  await expect(client.result('o-1', { within: within as never })).rejects.toThrow(message);
});
