import { describe, expect, test } from '@jest/globals';
import type { StateMachine } from '../../asl/index.ts';
import { Timeline } from '../time/timeline.ts';
import type { TaskCall } from './execution.ts';
import { machineArnOf, StepFunctions, versionArnOf } from './service.ts';

const START = Date.UTC(2030, 0, 1);
const TOKEN_TASK = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';

const definition = (Resource = TOKEN_TASK): StateMachine => ({
  Comment: 'undo version 1',
  QueryLanguage: 'JSONata',
  TimeoutSeconds: 3_600,
  StartAt: 'choice',
  States: {
    choice: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'work' }], Default: 'work' },
    work: {
      Type: 'Task',
      Resource,
      TimeoutSeconds: 60,
      Arguments: {},
      Retry: [{ ErrorEquals: ['Again'], MaxAttempts: 1, IntervalSeconds: 5 }],
      End: true,
    },
  },
});

function service(machine = definition()) {
  const timeline = new Timeline(START);
  const calls: TaskCall[] = [];
  let ids = 0;
  const stepFunctions = new StepFunctions({
    now: () => timeline.now,
    random: () => 0.5,
    uuid: () => {
      ids += 1;
      return `token-${ids}`;
    },
    after: (milliseconds, act) => timeline.after(milliseconds, act),
    call: (call) => calls.push(call),
    onEnter: () => undefined,
    onEnd: () => undefined,
  });
  stepFunctions.deploy('ship', machine);
  const start = (name = 'o-1', input = '{"n":1}') =>
    stepFunctions.perform('StartExecution', { stateMachineArn: versionArnOf('ship'), name, input }) as {
      executionArn: string;
    };
  const describeIt = (executionArn: string) => stepFunctions.perform('DescribeExecution', { executionArn });
  const pass = (seconds: number): Promise<void> => {
    timeline.after(seconds * 1_000, () => undefined);
    return timeline.run({ until: timeline.now + seconds * 1_000 });
  };
  return { stepFunctions, calls, start, describeIt, pass, timeline };
}

const named = (name: string) => expect.objectContaining({ name });

describe('StartExecution', () => {
  test.each(['{"n":1}', '{ "n": 1 }'])(
    'of a name that runs with the same input (%s) gives that execution, and begins nothing',
    async (input) => {
      const { start, stepFunctions, pass, calls } = service();
      const first = start('o-1', '{ "n":1}');
      await pass(10);
      expect(start('o-1', input)).toEqual(first);
      await pass(10);
      expect([stepFunctions.executions.size, calls.length]).toEqual([1, 1]);
    },
  );

  test('of a name that runs with another input is refused', async () => {
    const { start, pass } = service();
    start();
    await pass(1);
    expect(() => start('o-1', '{"n":2}')).toThrow(named('ExecutionAlreadyExists'));
  });

  test('of a name that has ended is refused, with the same input too', async () => {
    const { start, pass, calls } = service();
    start();
    await pass(1);
    calls[0]?.succeed(1);
    await pass(1);
    expect(() => start()).toThrow(named('ExecutionAlreadyExists'));
  });

  test('of another name begins another execution', () => {
    const { start } = service();
    expect(start('o-2').executionArn).not.toBe(start('o-1').executionArn);
  });

  test.each([
    [
      'of a machine that is not there',
      { stateMachineArn: machineArnOf('none'), name: 'o', input: '{}' },
      'StateMachineDoesNotExist',
    ],
    [
      'with an input that is no JSON',
      { stateMachineArn: machineArnOf('ship'), name: 'o', input: '{' },
      'InvalidExecutionInput',
    ],
  ])('%s is refused', (_, input, error) => {
    expect(() => service().stepFunctions.perform('StartExecution', input)).toThrow(named(error));
  });
});

describe('an answer to a token', () => {
  const answers = {
    SendTaskSuccess: { output: '{"n":2}' },
    SendTaskFailure: { error: 'Broken', cause: 'why' },
  };
  type Answer = keyof typeof answers;

  async function waiting() {
    const started = service();
    const { executionArn } = started.start();
    await started.pass(1);
    const answer = (command: Answer, taskToken = 'token-1', more: object = {}) =>
      started.stepFunctions.perform(command, { taskToken, ...answers[command], ...more });
    return { ...started, executionArn, answer };
  }

  test.each<[Answer, object]>([
    ['SendTaskSuccess', { status: 'SUCCEEDED', output: '{"n":2}' }],
    ['SendTaskFailure', { status: 'FAILED', error: 'Broken', cause: 'why' }],
  ])('by %s ends the task that waits', async (command, end) => {
    const { answer, pass, describeIt, executionArn } = await waiting();
    expect(answer(command)).toEqual({});
    await pass(1);
    expect(describeIt(executionArn)).toMatchObject(end);
  });

  test('that says nothing of its failure has an empty error', async () => {
    const { stepFunctions, pass, describeIt, executionArn } = await waiting();
    stepFunctions.perform('SendTaskFailure', { taskToken: 'token-1' });
    await pass(1);
    expect(describeIt(executionArn)).toMatchObject({ status: 'FAILED', error: '', cause: '' });
  });

  describe.each(Object.keys(answers) as Answer[])('%s is refused', (command) => {
    test('where nobody knows the token', async () => {
      const { answer } = await waiting();
      expect(() => answer(command, 'nonsense')).toThrow(named('InvalidToken'));
    });

    test('where it was answered before', async () => {
      const { answer, pass } = await waiting();
      answer(command);
      expect(() => answer(command)).toThrow(named('TaskTimedOut'));
      await pass(1);
      expect(() => answer(command)).toThrow(named('TaskTimedOut'));
    });

    test('where the task’s time is over', async () => {
      const { answer, pass } = await waiting();
      await pass(60);
      expect(() => answer(command)).toThrow(named('TaskTimedOut'));
    });

    test('where the execution was stopped', async () => {
      const { answer, stepFunctions, executionArn } = await waiting();
      stepFunctions.perform('StopExecution', { executionArn });
      expect(() => answer(command)).toThrow(named('TaskTimedOut'));
    });

    test('where another attempt has begun, whose own token is taken', async () => {
      const { answer, pass } = await waiting();
      answer('SendTaskFailure', 'token-1', { error: 'Again' });
      await pass(6);
      expect(() => answer(command)).toThrow(named('TaskTimedOut'));
      expect(answer(command, 'token-2')).toEqual({});
    });
  });

  test.each([
    ['no JSON', '{', 'InvalidOutput'],
    ['longer than 256 KiB', JSON.stringify('x'.repeat(256 * 1024)), 'ValidationException'],
  ])('with an output that is %s is refused, and the task waits on', async (_, output, error) => {
    const { answer, stepFunctions } = await waiting();
    expect(() => answer('SendTaskSuccess', 'token-1', { output })).toThrow(named(error));
    expect(stepFunctions.isAwaited('token-1')).toBe(true);
  });

  test('has no token where the task needs none', async () => {
    const { start, pass, stepFunctions, calls } = service(definition('arn:aws:states:::lambda:invoke'));
    start();
    await pass(1);
    expect([calls.length, stepFunctions.tokens.size]).toEqual([1, 0]);
  });
});

describe('an execution is described', () => {
  test('while it runs, without an end', async () => {
    const { start, describeIt, pass } = service();
    const { executionArn } = start();
    await pass(1);
    expect(describeIt(executionArn)).toEqual({
      executionArn,
      stateMachineArn: machineArnOf('ship'),
      stateMachineVersionArn: expect.stringMatching(/:stateMachine:[a-z-]+:\d+$/),
      name: 'o-1',
      status: 'RUNNING',
      startDate: new Date(START),
      input: '{"n":1}',
    });
  });

  test('once it succeeded, with its output and no error', async () => {
    const { start, describeIt, pass, calls } = service();
    const { executionArn } = start();
    await pass(2);
    calls[0]?.succeed({ whole: true });
    await pass(0);
    const described = describeIt(executionArn) as object;
    expect(described).toMatchObject({
      status: 'SUCCEEDED',
      stopDate: new Date(START + 2_000),
      output: '{"whole":true}',
    });
    expect(described).not.toHaveProperty('error');
  });

  test('once it was stopped, with the reason and no output', async () => {
    const { start, describeIt, pass, stepFunctions } = service();
    const { executionArn } = start();
    await pass(2);
    expect(stepFunctions.perform('StopExecution', { executionArn, error: 'Stopped', cause: 'why' })).toEqual({
      stopDate: new Date(START + 2_000),
    });
    const described = describeIt(executionArn) as object;
    expect(described).toMatchObject({
      status: 'ABORTED',
      stopDate: new Date(START + 2_000),
      error: 'Stopped',
      cause: 'why',
    });
    expect(described).not.toHaveProperty('output');
  });

  test.each(['DescribeExecution', 'StopExecution', 'GetExecutionHistory', 'DescribeStateMachineForExecution'])(
    'by %s only where there is one',
    (command) => {
      expect(() => service().stepFunctions.perform(command, { executionArn: 'none' })).toThrow(
        named('ExecutionDoesNotExist'),
      );
    },
  );

  test('in a list newest first, by status, without what is inside', async () => {
    const { start, pass, stepFunctions } = service();
    const list = (statusFilter?: string) =>
      (
        stepFunctions.perform('ListExecutions', { stateMachineArn: machineArnOf('ship'), statusFilter }) as {
          executions: readonly { name: string }[];
        }
      ).executions;
    const first = start('o-1');
    await pass(1);
    start('o-2');
    stepFunctions.perform('StopExecution', first);
    expect(list().map(({ name }) => name)).toEqual(['o-2', 'o-1']);
    expect(list('RUNNING').map(({ name }) => name)).toEqual(['o-2']);
    expect(list('ABORTED')).toEqual([
      expect.objectContaining({ name: 'o-1', status: 'ABORTED', stopDate: new Date(START + 1_000) }),
    ]);
    for (const inside of ['input', 'output', 'error', 'cause']) expect(list('ABORTED')[0]).not.toHaveProperty(inside);
  });

  test('by its history: the states that it entered, each by its type', async () => {
    const { start, pass, stepFunctions } = service();
    const { executionArn } = start();
    await pass(1);
    expect(stepFunctions.perform('GetExecutionHistory', { executionArn })).toEqual({
      events: [
        { id: 1, type: 'ChoiceStateEntered', stateEnteredEventDetails: { name: 'choice' } },
        { id: 2, type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'work' } },
      ],
    });
  });

  test('by the definition that it was started with', () => {
    const { start, stepFunctions } = service();
    const expected = { definition: JSON.stringify({ Comment: 'undo version 1' }) };
    expect(stepFunctions.perform('DescribeStateMachineForExecution', start())).toEqual(expected);
    expect(stepFunctions.perform('DescribeStateMachine', { stateMachineArn: versionArnOf('ship') })).toEqual(expected);
  });
});

test('what is not played says so', () => {
  expect(() => service().stepFunctions.perform('RedriveExecution', {})).toThrow(
    'RedriveExecution of Step Functions is not played.',
  );
});
