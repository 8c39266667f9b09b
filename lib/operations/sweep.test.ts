import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { awsError, fakeAws } from '../../test/fakes/aws.ts';
import { sweep } from './sweep.ts';

const aws = fakeAws();
const clients = { stepFunctions: new SFNClient({}), dynamoDB: new DynamoDBClient({}) };
const ARN = 'arn:aws:states:eu-west-1:1';
const deployed = {
  stateMachineArn: `${ARN}:stateMachine:ship-order`,
  liveArn: `${ARN}:stateMachine:ship-order:live`,
  undoMachineArn: `${ARN}:stateMachine:undo-ship-order`,
  timeoutSeconds: 7_200,
  resultsTable: 'records',
};
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Execution {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'RUNNING';
  /** How many milliseconds ago. */
  readonly started?: number;
  readonly stopped?: number;
  readonly error?: string;
  readonly redriveCount?: number;
  readonly redriven?: number;
}

/** Step Functions with some executions of the workflow and of its undo machine, whose lists come in pages of two. */
let executions: Map<string, Execution>;
let undos: Map<string, number>;
let rows: Map<string, { error?: string; endedAt: number }>;
const now = Date.now();

beforeEach(() => {
  executions = new Map();
  undos = new Map();
  rows = new Map();
  aws.answer('ListExecutions', ({ stateMachineArn, statusFilter, nextToken = '0' }) => {
    const all = stateMachineArn.includes('undo-')
      ? [...undos].map(([name, ago]) => item('undo-ship-order', name, { status: 'RUNNING', started: ago }))
      : [...executions]
          .filter(([, { status }]) => status === statusFilter)
          .map(([name, execution]) => item('ship-order', name, execution));
    const sorted = all.toSorted((a, b) => b.startDate.getTime() - a.startDate.getTime());
    const from = Number(nextToken);
    return {
      executions: sorted.slice(from, from + 2),
      ...(from + 2 < sorted.length ? { nextToken: String(from + 2) } : {}),
    };
  });
  aws.answer('DescribeExecution', ({ executionArn }) => {
    const { status, error, redriveCount } = executions.get(executionArn.split(':').at(-1)) ?? { status: 'RUNNING' };
    return { status, error, redriveCount };
  });
  aws.answer('StartExecution', ({ name }) => {
    if (undos.has(name)) throw awsError('ExecutionAlreadyExists');
    undos.set(name, 0);
    return { executionArn: `${ARN}:execution:undo-ship-order:${name}` };
  });
  aws.answer('BatchGetItem', ({ RequestItems }) => ({
    Responses: {
      records: RequestItems.records.Keys.map(unmarshall).flatMap(({ execution }: Record<string, string>) => {
        const row = rows.get(execution?.replace('ship-order:', '') ?? '');
        return row ? [marshall({ execution, ...row })] : [];
      }),
    },
  }));
});

const item = (machine: string, name: string, { status, started = 0, stopped, redriveCount, redriven }: Execution) => ({
  executionArn: `${ARN}:execution:${machine}:${name}`,
  name,
  status,
  startDate: new Date(now - started),
  ...(stopped === undefined ? {} : { stopDate: new Date(now - stopped) }),
  ...(redriveCount === undefined ? {} : { redriveCount }),
  ...(redriven === undefined ? {} : { redriveDate: new Date(now - redriven) }),
});

const look = (more: object = {}) =>
  sweep(clients, { name: 'ship-order', deployed: { ...deployed, ...more } }, now - HOUR);
const started = () => aws.inputs('StartExecution').map(({ name }) => name);

describe('an execution that no event told of', () => {
  test.each(['TIMED_OUT', 'ABORTED', 'FAILED'] as const)('and that ended as %s is undone', async (status) => {
    executions.set('missed', { status, started: 30 * MINUTE, stopped: 20 * MINUTE, error: 'States.Runtime' });
    expect(await look()).toMatchObject({
      ended: 1,
      lookedAt: 1,
      left: 0,
      started: [expect.stringMatching(/:missed$/)],
    });
    expect(started()).toEqual(['missed']);
  });

  test('is found behind many others, on another page', async () => {
    for (let number = 0; number < 7; number += 1) {
      executions.set(`heard-${number}`, { status: 'ABORTED', started: number * MINUTE, stopped: 0 });
      undos.set(`heard-${number}`, 0);
    }
    executions.set('missed', { status: 'ABORTED', started: 50 * MINUTE, stopped: 40 * MINUTE });
    await look();
    expect(started()).toEqual(['missed']);
  });

  test('is found though it was begun long before it ended', async () => {
    executions.set('long', { status: 'TIMED_OUT', started: 2.5 * HOUR, stopped: 0.5 * HOUR });
    await look();
    expect(started()).toEqual(['long']);
  });

  test('is undone once, however often is looked', async () => {
    executions.set('missed', { status: 'ABORTED', started: 30 * MINUTE, stopped: 20 * MINUTE });
    await look();
    expect(await look()).toMatchObject({ lookedAt: 0, started: [] });
    expect(started()).toEqual(['missed']);
  });

  test('and that was redriven and ended again is undone again', async () => {
    executions.set('again', {
      status: 'ABORTED',
      started: 100 * HOUR,
      redriven: 10 * MINUTE,
      stopped: 5 * MINUTE,
      redriveCount: 1,
    });
    undos.set('again', 50 * MINUTE);
    await look();
    expect(started()).toEqual([expect.stringMatching(/^again-[0-9a-f]{30}-r1$/)]);
  });
});

test('a row that tells of an end from outside is no reason to leave an execution alone', async () => {
  executions.set('missed', { status: 'FAILED', started: 30 * MINUTE, stopped: 20 * MINUTE, error: 'States.Runtime' });
  rows.set('missed', { error: 'States.Runtime', endedAt: now - 20 * MINUTE });
  await look();
  expect(started()).toEqual(['missed']);
});

describe('left alone is an execution that', () => {
  test('has its undo execution: Step Functions is not even asked about it', async () => {
    executions.set('heard', { status: 'ABORTED', started: 30 * MINUTE, stopped: 20 * MINUTE });
    undos.set('heard', 19 * MINUTE);
    expect(await look()).toEqual({ ended: 1, lookedAt: 0, started: [], left: 0 });
    expect(aws.calls('DescribeExecution')).toEqual([]);
  });

  test.each(['Compensated.Transient', 'Parked.Contract'])('compensated itself by its row (%s)', async (error) => {
    executions.set('own', { status: 'FAILED', started: 30 * MINUTE, stopped: 20 * MINUTE, error });
    rows.set('own', { error, endedAt: now - 20 * MINUTE });
    expect(await look()).toMatchObject({ ended: 1, lookedAt: 0 });
    expect(aws.calls('DescribeExecution')).toEqual([]);
  });

  test('compensated itself by what Step Functions says, where no row does', async () => {
    executions.set('own', { status: 'FAILED', started: 30 * MINUTE, stopped: 20 * MINUTE, error: 'Compensated.X' });
    expect(await look()).toMatchObject({ lookedAt: 1, started: [] });
    expect(await look({ resultsTable: undefined })).toMatchObject({ lookedAt: 1, started: [] });
    expect(started()).toEqual([]);
  });

  test('is at work again: it is being redriven', async () => {
    executions.set('redriven', { status: 'ABORTED', started: 30 * MINUTE, stopped: 20 * MINUTE });
    aws.answer('DescribeExecution', () => ({ status: 'RUNNING' }));
    expect(await look()).toMatchObject({ lookedAt: 1, started: [] });
    expect(started()).toEqual([]);
  });

  test('ended before the time that is looked at', async () => {
    executions.set('old', { status: 'ABORTED', started: 1.5 * HOUR, stopped: 1.1 * HOUR });
    expect(await look()).toMatchObject({ ended: 0 });
  });

  test('succeeded', async () => {
    executions.set('fine', { status: 'SUCCEEDED', started: 30 * MINUTE, stopped: 20 * MINUTE });
    expect(await look()).toMatchObject({ ended: 0 });
  });
});

test('a row of an end before a redrive says nothing of the end behind it', async () => {
  executions.set('again', {
    status: 'FAILED',
    started: HOUR,
    stopped: 5 * MINUTE,
    redriveCount: 1,
    error: 'States.Runtime',
  });
  rows.set('again', { error: 'Compensated.Transient', endedAt: now - 20 * MINUTE });
  await look();
  expect(started()).toEqual([expect.stringMatching(/^again-[0-9a-f]{30}-r1$/)]);
});

test('a list is left at the edge of what can have ended in the time looked at', async () => {
  for (let number = 0; number < 20; number += 1)
    executions.set(`old-${number}`, { status: 'FAILED', started: (number + 1) * HOUR, stopped: number * HOUR });
  await look();
  // Three hours back, in pages of two: the fourth is too old.
  expect(aws.inputs('ListExecutions').filter(({ statusFilter }) => statusFilter === 'FAILED')).toHaveLength(2);
});

test('of more than can be asked about some are left, and the next sweep begins with others', async () => {
  for (let number = 0; number < 130; number += 1)
    executions.set(`own-${number}`, {
      status: 'FAILED',
      started: 30 * MINUTE,
      stopped: 20 * MINUTE,
      error: 'Parked.X',
    });
  expect(await look()).toMatchObject({ ended: 130, lookedAt: 100, left: 30 });
  const first = new Set(aws.inputs('DescribeExecution').map(({ executionArn }) => executionArn));
  const { now: clock } = Date;
  try {
    Date.now = () => clock() + 5 * MINUTE;
    await look();
  } finally {
    Date.now = clock;
  }
  for (const { executionArn } of aws.inputs('DescribeExecution')) first.add(executionArn);
  expect(first.size).toBe(130);
});
