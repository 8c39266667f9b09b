import type { SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, test } from '@jest/globals';
import { undoneBy } from '../contract/index.ts';
import { startUndo } from './undo.ts';

const NEWEST = 'arn:aws:states:us-east-1:1:stateMachine:undo-ship';
const request = {
  executionArn: 'arn:aws:states:us-east-1:1:execution:ship:order-1',
  name: 'order-1',
  status: 'ABORTED',
  undoMachineArn: NEWEST,
};
const named = (undoVersion: number) => `ship 1.0.0. ${undoneBy(`${NEWEST}:${undoVersion}`)}`;

interface Answers {
  readonly status?: string;
  readonly error?: string;
  readonly redriveCount?: number;
  /** The version that the execution was begun with. */
  readonly version?: string;
  /** The comment of that version's definition. Left out, the version was deleted. */
  readonly versionComment?: string;
  /** The comment of the execution's own definition. */
  readonly comment?: string;
  readonly exists?: boolean;
}

/** Step Functions as far as `startUndo` asks it; keeps what it was asked and what was started. */
function stepFunctions(answers: Answers) {
  const asked: string[] = [];
  const started: { stateMachineArn?: string; name?: string; input?: string }[] = [];
  const send = async (command: { input: object }): Promise<unknown> => {
    asked.push(command.constructor.name.replace(/Command$/, ''));
    switch (command.constructor.name) {
      case 'DescribeExecutionCommand': {
        const { status = 'ABORTED', error, redriveCount, version } = answers;
        return { status, error, redriveCount, stateMachineVersionArn: version };
      }
      case 'DescribeStateMachineCommand':
        if (answers.versionComment === undefined) throw awsError('StateMachineDoesNotExist');
        return { definition: JSON.stringify({ Comment: answers.versionComment }) };
      case 'DescribeStateMachineForExecutionCommand':
        return { definition: JSON.stringify({ Comment: answers.comment }) };
      default:
        if (answers.exists) throw awsError('ExecutionAlreadyExists');
        started.push(command.input);
        return { executionArn: 'undo' };
    }
  };
  return { asked, started, client: { send } as unknown as SFNClient };
}

const awsError = (name: string): Error => Object.assign(new Error(name), { name });

let versions = 0;
/** What was read of a version is kept for ever, so that each test has its own. */
const newVersion = (): string => {
  versions += 1;
  return `arn:aws:states:us-east-1:1:stateMachine:ship:${versions}`;
};

describe('an execution that ended from outside', () => {
  test('is undone by the version that belongs to the definition which it was begun with, under its own name', async () => {
    const { client, started } = stepFunctions({ version: newVersion(), versionComment: named(3) });
    expect(await startUndo(client, request)).toEqual({ started: true, undoExecutionArn: 'undo' });
    expect(started).toEqual([
      {
        stateMachineArn: `${NEWEST}:3`,
        name: 'order-1',
        input: JSON.stringify({ execution: 'order-1', executionArn: request.executionArn, status: 'ABORTED' }),
      },
    ]);
  });

  test('is undone as what it is, not as what the request says of it', async () => {
    const { client, started } = stepFunctions({ status: 'TIMED_OUT' });
    await startUndo(client, request);
    expect(JSON.parse(started[0]?.input ?? '')).toMatchObject({ status: 'TIMED_OUT' });
  });

  test('is undone by the newest where its definition names none', async () => {
    const { client, started } = stepFunctions({ comment: 'written by hand' });
    await startUndo(client, request);
    expect(started.map(({ stateMachineArn }) => stateMachineArn)).toEqual([NEWEST]);
  });

  test('is undone once, however often it is asked for', async () => {
    const { client } = stepFunctions({ exists: true });
    expect(await startUndo(client, request)).toEqual({ started: false, reason: 'it is being undone already' });
  });

  test('is undone if it failed otherwise than by compensating itself', async () => {
    const { client, started } = stepFunctions({ status: 'FAILED', error: 'States.Runtime' });
    await startUndo(client, { ...request, status: 'FAILED' });
    expect(started).toHaveLength(1);
  });
});

describe('the definition that an execution was begun with', () => {
  test('is read once a version, whatever number of its executions ended', async () => {
    const version = newVersion();
    const first = stepFunctions({ version, versionComment: named(4) });
    const second = stepFunctions({ version });
    await startUndo(first.client, request);
    await startUndo(second.client, request);
    expect(first.asked).toEqual(['DescribeExecution', 'DescribeStateMachine', 'StartExecution']);
    expect(second.asked).toEqual(['DescribeExecution', 'StartExecution']);
    expect(second.started).toMatchObject([{ stateMachineArn: `${NEWEST}:4` }]);
  });

  test.each<readonly [string, Answers]>([
    ['it was begun with no version', { comment: named(5) }],
    ['its version was deleted', { version: newVersion(), comment: named(5) }],
  ])('is that of the execution itself where %s', async (_, answers) => {
    const { client, asked, started } = stepFunctions(answers);
    await startUndo(client, request);
    expect(asked).toContain('DescribeStateMachineForExecution');
    expect(started).toMatchObject([{ stateMachineArn: `${NEWEST}:5` }]);
  });
});

describe('an execution that was redriven and ended again', () => {
  test('has an undo execution of its own, whose name no order would have', async () => {
    const { client, started } = stepFunctions({ redriveCount: 2 });
    await startUndo(client, { ...request, name: 'order-1' });
    expect(started.map((each) => each.name)).toEqual([expect.stringMatching(/^order-1-[0-9a-f]{30}-r2$/)]);
  });

  test('has a name that fits however long its own is, and another for another execution', async () => {
    const { client, started } = stepFunctions({ redriveCount: 12 });
    for (const end of ['a', 'b']) await startUndo(client, { ...request, name: 'x'.repeat(79) + end });
    const [one = '', other = ''] = started.map((each) => each.name);
    expect(one).toMatch(/^x{40}-[0-9a-f]{30}-r12$/);
    expect(other).not.toBe(one);
  });
});

describe('nothing is undone of an execution that', () => {
  test.each<readonly [string, Answers, object]>([
    ['runs', { status: 'RUNNING' }, { reason: 'it is running again', running: true }],
    ['succeeded', { status: 'SUCCEEDED' }, { reason: 'it succeeded' }],
    [
      'compensated itself',
      { status: 'FAILED', error: 'Compensated.Transient' },
      { reason: 'it compensated itself (Compensated.Transient)' },
    ],
    [
      'parked what it could not compensate',
      { status: 'FAILED', error: 'Parked.Contract' },
      { reason: 'it compensated itself (Parked.Contract)' },
    ],
  ])('%s', async (_, answers, expected) => {
    const { client, asked } = stepFunctions(answers);
    expect(await startUndo(client, request)).toEqual({ started: false, ...expected });
    expect(asked).toEqual(['DescribeExecution']);
  });
});
