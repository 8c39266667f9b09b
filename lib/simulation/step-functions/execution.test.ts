import { describe, expect, test } from '@jest/globals';
import type { StateMachine } from '../../asl/index.ts';
import { Timeline } from '../time/timeline.ts';
import type { State, TaskState } from './definition.ts';
import { Execution, type TaskCall } from './execution.ts';

const START = Date.UTC(2030, 0, 1);
const HOUR = 3_600;

const task = (more: Partial<TaskState> & object = {}): State =>
  ({
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
    TimeoutSeconds: 60,
    Arguments: {},
    Retry: [],
    End: true,
    ...more,
  }) as State;
const succeed = (Output?: string): State => ({ Type: 'Succeed', ...(Output === undefined ? {} : { Output }) });

/** An execution whose tasks are answered by the test. What it waits for is in `calls`, in order. */
function begun(
  states: Readonly<Record<string, State>>,
  { input = {}, timeoutSeconds = HOUR }: { input?: unknown; timeoutSeconds?: number } = {},
) {
  const timeline = new Timeline(START);
  const calls: (TaskCall & { readonly at: number })[] = [];
  let ids = 0;
  const definition: StateMachine = {
    Comment: '',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: timeoutSeconds,
    StartAt: Object.keys(states)[0] ?? '',
    States: states,
  };
  const execution: Execution = new Execution(
    {
      now: () => timeline.now,
      random: () => 0.5,
      uuid: () => {
        ids += 1;
        return `token-${ids}`;
      },
      after: (milliseconds, act) => timeline.after(milliseconds, act),
      call: (call) => calls.push({ ...call, at: timeline.now - START }),
      onEnter: () => undefined,
      onEnd: () => undefined,
    },
    { arn: 'arn', name: 'o-1', machineArn: 'machine-arn', machineName: 'machine', definition, input },
  );
  execution.begin();
  /** Lets seconds pass; all that is to happen at that very time happens. */
  const pass = (seconds = 0): Promise<void> => {
    timeline.after(seconds * 1_000, () => undefined);
    return timeline.run({ until: timeline.now + seconds * 1_000 });
  };
  const last = (): TaskCall => calls.at(-1) as TaskCall;
  const ended = () => ({
    status: execution.status,
    ...(execution.status === 'SUCCEEDED' ? { output: execution.output } : { error: execution.failure?.error }),
    after: ((execution.endedAt ?? Number.NaN) - START) / 1_000,
  });
  return {
    execution,
    calls,
    pass,
    last,
    ended,
    run: () => timeline.run(),
    elapsed: () => (timeline.now - START) / 1_000,
  };
}

test.each(['evaluated', 'remembered'])(
  'an answer is taken up behind all that follows from what brought it, with its expressions %s',
  async () => {
    const { calls, last, pass } = begun({
      first: task({ Assign: { name: '{% $uppercase("behind") & "!" %}' }, Next: 'second' }),
      second: task({ Arguments: { name: '{% $name %}' } }),
    });
    await pass();
    last().succeed({});
    // As long as a Lambda function may go on once it has sent its answer.
    for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
    expect(calls.map(({ state }) => state)).toEqual(['first']);
    await pass();
    expect(calls.map(({ state, args }) => [state, args])).toEqual([
      ['first', {}],
      ['second', { name: 'BEHIND!' }],
    ]);
  },
);

describe('variables', () => {
  test('every expression of an Assign, and the Output, sees them as they were before it', async () => {
    const { run, ended } = begun({
      first: { Type: 'Wait', Seconds: 1, Assign: { a: 1, b: 2 }, Next: 'swap' },
      swap: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% true %}', Assign: { a: '{% $b %}', b: '{% $a %}' }, Output: '{% [$a, $b] %}', Next: 'end' },
        ],
        Default: 'end',
      },
      end: succeed('{% {"output": $states.input, "a": $a, "b": $b} %}'),
    });
    await run();
    expect(ended()).toMatchObject({ output: { output: [1, 2], a: 2, b: 1 } });
  });

  test('a task assigns from its result, a Catch from its error, and what neither names stays', async () => {
    const machine = (error?: string) => {
      const started = begun({
        first: { Type: 'Wait', Seconds: 1, Assign: { kept: 1, seen: 'nothing' }, Next: 'work' },
        work: task({
          Assign: { seen: '{% $states.result.n %}' },
          Next: 'end',
          Catch: [{ ErrorEquals: ['States.ALL'], Assign: { seen: '{% $states.errorOutput %}' }, Next: 'end' }],
        } as object),
        end: succeed('{% {"seen": $seen, "kept": $kept} %}'),
      });
      return { ...started, error };
    };
    for (const [error, seen] of [
      [undefined, 7],
      ['Broken', { Error: 'Broken', Cause: 'why' }],
    ] as const) {
      const { pass, last, run, ended } = machine(error);
      await pass(1);
      if (error) last().fail({ error, cause: 'why' });
      else last().succeed({ n: 7 });
      await run();
      expect(ended()).toMatchObject({ output: { seen, kept: 1 } });
    }
  });
});

describe('what a state hands on is', () => {
  test.each<[string, object, unknown]>([
    ['its result, where it has no Output', {}, { n: 1 }],
    ['its Output', { Output: { both: '{% [$states.input.i, $states.result.n] %}' } }, { both: [0, 1] }],
    ['its Output, also where that is null', { Output: null }, null],
  ])('%s', async (_, more, output) => {
    const { pass, last, run, ended } = begun(
      { work: task({ ...more, Next: 'end' } as object), end: succeed() },
      { input: { i: 0 } },
    );
    await pass();
    last().succeed({ n: 1 });
    await run();
    expect(ended()).toMatchObject({ status: 'SUCCEEDED', output });
  });

  test('the error of a Catch without an Output', async () => {
    const { pass, last, run, ended } = begun({
      work: task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'end' }] }),
      end: succeed(),
    });
    await pass();
    last().fail({ error: 'Broken', cause: 'why' });
    await run();
    expect(ended()).toMatchObject({ output: { Error: 'Broken', Cause: 'why' } });
  });

  test('its input, from a Wait and from a Choice', async () => {
    const { run, ended } = begun(
      {
        wait: { Type: 'Wait', Seconds: 2, Next: 'choice' },
        choice: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'wait' }], Default: 'end' },
        end: succeed(),
      },
      { input: 'as it came' },
    );
    await run();
    expect(ended()).toEqual({ status: 'SUCCEEDED', output: 'as it came', after: 2 });
  });
});

describe('a Choice', () => {
  const choosing = (input: unknown, Condition = '{% $states.input > 5 %}') =>
    begun(
      {
        choice: {
          Type: 'Choice',
          Choices: [
            { Condition, Next: 'high' },
            { Condition: '{% $states.input > 2 %}', Next: 'middle' },
          ],
          Default: 'low',
          Output: 'by default',
        },
        high: succeed('high'),
        middle: succeed('middle'),
        low: succeed('{% "low " & $states.input %}'),
      },
      { input },
    );

  test.each([
    [9, 'high'],
    [3, 'middle'],
    [1, 'low by default'],
  ])('of %p goes to the first that holds, or to its Default: %s', async (input, output) => {
    const { run, ended } = choosing(input);
    await run();
    expect(ended()).toMatchObject({ output });
  });

  test.each(['{% $states.input.missing %}', '{% "true" %}', '{% 1 %}', '{% null %}'])(
    'whose Condition %s is no boolean ends the execution',
    async (condition) => {
      const { run, ended } = choosing(1, condition);
      await run();
      expect(ended()).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    },
  );
});

describe('a Fail', () => {
  const failing = (error: string, cause: string) =>
    begun({ fail: { Type: 'Fail', Error: error, Cause: cause } }, { input: { error: 'Broken' } });

  test('ends the execution with what its expressions give', async () => {
    const { run, execution } = failing('{% "Compensated." & $states.input.error %}', '{% $string({"a": 1}) %}');
    await run();
    expect(execution).toMatchObject({
      status: 'FAILED',
      failure: { error: 'Compensated.Broken', cause: '{"a":1}' },
      output: undefined,
    });
  });

  test.each([
    ['{% $states.input.missing %}', 'why'],
    ['{% 7 %}', 'why'],
    ['Broken', '{% {"a": 1} %}'],
  ])('of %s and %s, which give no text, ends as a query that failed', async (error, cause) => {
    const { run, ended } = failing(error, cause);
    await run();
    expect(ended()).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });
});

describe('an expression that fails', () => {
  const BAD = '{% $states.input.missing %}';
  const toEnd = { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'caught' }] };

  test.each<[string, object]>([
    ['in the Arguments', { Arguments: { a: BAD } }],
    ['in the Assign', { Assign: { a: BAD } }],
    ['in the Output', { Output: BAD }],
  ])('%s of a task is caught', async (_, more) => {
    const { pass, calls, run, ended } = begun({
      work: task({ ...more, ...toEnd }),
      caught: succeed('{% $states.input.Error %}'),
    });
    await pass();
    calls.at(-1)?.succeed({});
    await run();
    expect(ended()).toMatchObject({ output: 'States.QueryEvaluationError' });
  });

  test('in the Arguments asks nobody', async () => {
    const { pass, calls } = begun({ work: task({ Arguments: { a: BAD }, ...toEnd }), caught: succeed() });
    await pass();
    expect(calls).toEqual([]);
  });

  test('in the Assign of a Catch ends the execution: nothing catches it', async () => {
    const { pass, last, run, ended } = begun({
      work: task({ Catch: [{ ErrorEquals: ['States.ALL'], Assign: { a: BAD }, Next: 'caught' }] }),
      caught: succeed(),
    });
    await pass();
    last().fail({ error: 'Broken', cause: '' });
    await run();
    expect(ended()).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });

  test.each<[string, State]>([
    ['a Wait', { Type: 'Wait', Seconds: 1, Assign: { a: BAD }, Next: 'caught' }],
    ['a Succeed', succeed(BAD)],
  ])('in %s ends the execution', async (_, state) => {
    const { run, ended } = begun({ state, caught: succeed() });
    await run();
    expect(ended()).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
  });
});

describe('an attempt', () => {
  const retried = (more: object = {}) =>
    begun({
      work: task({
        Arguments: {
          token: '{% $states.context.Task.Token %}',
          retries: '{% $states.context.State.RetryCount %}',
          entered: '{% $states.context.State.EnteredTime %}',
        },
        Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 2, IntervalSeconds: 10 }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'caught' }],
        ...more,
      }),
      caught: succeed('{% $states.input.Error %}'),
    });

  test('that fails is followed by another after the retrier’s delay, with a token of its own', async () => {
    const { pass, last, calls, execution } = retried();
    await pass();
    last().fail({ error: 'Broken', cause: '' });
    await pass(9.999);
    expect(calls).toHaveLength(1);
    await pass(0.001);
    expect(calls.map(({ token, args, at }) => ({ token, args, at }))).toEqual([
      { token: 'token-1', args: { token: 'token-1', retries: 0, entered: '2030-01-01T00:00:00.000Z' }, at: 0 },
      { token: 'token-2', args: { token: 'token-2', retries: 1, entered: '2030-01-01T00:00:00.000Z' }, at: 10_000 },
    ]);
    expect(['token-1', 'token-2'].map((token) => execution.isWaitingFor(token))).toEqual([false, true]);
  });

  test('that was given up hears no answer any more, neither good nor bad', async () => {
    const { pass, calls, execution, last, ended } = retried();
    await pass();
    last().fail({ error: 'Broken', cause: '' });
    calls[0]?.succeed('too late');
    await pass(10);
    calls[0]?.succeed('too late');
    calls[0]?.fail({ error: 'TooLate', cause: '' });
    expect(execution.status).toBe('RUNNING');
    last().succeed('in time');
    await pass();
    expect(ended()).toMatchObject({ output: 'in time' });
  });

  test('between two attempts nobody is waited for', async () => {
    const { pass, last, execution } = retried();
    await pass();
    last().fail({ error: 'Broken', cause: '' });
    await pass(5);
    expect(execution.isWaitingFor('token-1')).toBe(false);
  });

  test('is given up after the task’s time-out, which runs anew for each', async () => {
    const { run, calls, ended, execution } = retried();
    await run();
    expect(calls.map(({ at }) => at / 1_000)).toEqual([0, 70, 150]);
    expect(ended()).toEqual({ status: 'SUCCEEDED', output: 'States.Timeout', after: 210 });
    expect([...execution.used]).toEqual(['work Retry[0]', 'work Catch[0]']);
    expect(execution.attempts.map(({ number, failure }) => [number, failure?.error])).toEqual([
      [1, 'States.Timeout'],
      [2, 'States.Timeout'],
      [3, 'States.Timeout'],
    ]);
  });

  test('that was answered times out no more', async () => {
    const { pass, last, run, ended } = begun({
      work: task({ Next: 'wait' } as object),
      wait: { Type: 'Wait', Seconds: 100, Next: 'end' },
      end: succeed(),
    });
    await pass();
    last().succeed(1);
    await run();
    expect(ended()).toEqual({ status: 'SUCCEEDED', output: 1, after: 100 });
  });

  test('fails the execution where nobody retries and nobody catches', async () => {
    const { pass, last, ended } = begun({ work: task() });
    await pass();
    last().fail({ error: 'Broken', cause: 'why' });
    await pass();
    expect(ended()).toEqual({ status: 'FAILED', error: 'Broken', after: 0 });
  });

  test('of a state that is entered again has all its retries again', async () => {
    const { pass, last, calls } = begun({
      work: task({
        Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1, IntervalSeconds: 1 }],
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'work' }],
      }),
    });
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await pass(1);
      expect(calls).toHaveLength(attempt);
      last().fail({ error: 'Broken', cause: '' });
    }
  });
});

describe('what is over 256 KiB ends the execution, past every Catch:', () => {
  const LIMIT = 256 * 1024;
  const text = (bytes: number): string => 'x'.repeat(bytes - 2); // two quotes
  const everything = {
    Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 3 }],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'caught' }],
  };

  test.each<[string, object, string, string]>([
    ['a result', {}, text(LIMIT + 1), 'FAILED'],
    ['a result that just fits', {}, text(LIMIT), 'SUCCEEDED'],
    ['a result of many bytes a character', {}, 'ä'.repeat(LIMIT / 2), 'FAILED'],
    ['an Output', { Output: '{% $states.result & $states.result & "x" %}' }, text(LIMIT / 2 + 2), 'FAILED'],
  ])('%s', async (_, more, result, status) => {
    const { pass, last, run, ended } = begun({ work: task({ ...everything, ...more }), caught: succeed() });
    await pass();
    last().succeed(result);
    await run();
    expect(ended()).toMatchObject(
      status === 'FAILED' ? { status, error: 'States.DataLimitExceeded', after: 0 } : { status },
    );
  });

  test('Arguments, and nobody is asked', async () => {
    const { run, ended, calls } = begun(
      {
        work: task({ ...everything, Arguments: { twice: '{% [$states.input, $states.input] %}' } }),
        caught: succeed(),
      },
      { input: text(LIMIT / 2 + 2) },
    );
    await run();
    expect([ended(), calls]).toEqual([{ status: 'FAILED', error: 'States.DataLimitExceeded', after: 0 }, []]);
  });
});

describe('the time-out of the machine', () => {
  const everything = {
    TimeoutSeconds: 999,
    Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 9 }],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'caught' }],
  };

  test.each<[string, State]>([
    ['while a task waits, and runs no retrier and no Catch', task(everything)],
    ['in a Wait', { Type: 'Wait', Seconds: 999, Next: 'caught' }],
  ])('ends an execution %s', async (_, state) => {
    const { run, ended, execution } = begun({ state, caught: succeed() }, { timeoutSeconds: 100 });
    await run();
    expect(ended()).toEqual({ status: 'TIMED_OUT', error: 'States.Timeout', after: 100 });
    expect([execution.entered, [...execution.used], execution.attempts.some(({ failure }) => failure)]).toEqual([
      ['state'],
      [],
      false,
    ]);
  });

  test('does nothing to one that has ended', async () => {
    const { run, ended } = begun(
      { wait: { Type: 'Wait', Seconds: 1, Next: 'end' }, end: succeed() },
      { timeoutSeconds: 100 },
    );
    await run();
    expect(ended()).toMatchObject({ status: 'SUCCEEDED', after: 1 });
  });
});

describe('an execution that is stopped', () => {
  const everything = {
    Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 9, IntervalSeconds: 10 }],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'caught' }],
  };
  const stopped = { status: 'ABORTED', error: 'Stopped' } as const;

  test('while it waits for a token hears no answer, and runs no Catch', async () => {
    const { execution, pass, last, run, ended } = begun({ work: task(everything), caught: succeed() });
    await pass(5);
    execution.stop('ABORTED', { error: 'Stopped', cause: '' });
    expect(execution.isWaitingFor('token-1')).toBe(false);
    last().succeed('too late');
    last().fail({ error: 'TooLate', cause: '' });
    await run();
    expect([ended(), execution.entered]).toEqual([{ ...stopped, after: 5 }, ['work']]);
  });

  test('in a Wait goes no further', async () => {
    const { execution, pass, run, ended } = begun({ wait: { Type: 'Wait', Seconds: 10, Next: 'end' }, end: succeed() });
    await pass(5);
    execution.stop('ABORTED', { error: 'Stopped', cause: '' });
    await run();
    expect([ended(), execution.entered]).toEqual([{ ...stopped, after: 5 }, ['wait']]);
  });

  test('between two attempts makes no other', async () => {
    const { execution, pass, last, run, ended, calls } = begun({ work: task(everything), caught: succeed() });
    await pass();
    last().fail({ error: 'Broken', cause: '' });
    await pass(5);
    execution.stop('ABORTED', { error: 'Stopped', cause: '' });
    await run();
    expect([ended(), calls.length]).toEqual([{ ...stopped, after: 5 }, 1]);
  });

  test.each<[string, State]>([
    ['a Wait', { Type: 'Wait', Seconds: 10, Next: 'caught' }],
    ['a task', task(everything)],
  ])('in %s leaves nothing behind that is still to happen', async (_, state) => {
    const { execution, pass, run, elapsed } = begun({ state, caught: succeed() });
    await pass(5);
    execution.stop('ABORTED', { error: 'Stopped', cause: '' });
    await run();
    expect(elapsed()).toBe(5);
  });

  test('after its end stays what it was', async () => {
    const { execution, run, ended } = begun({ end: succeed('whole') });
    await run();
    execution.stop('ABORTED', { error: 'Stopped', cause: '' });
    expect(ended()).toEqual({ status: 'SUCCEEDED', output: 'whole', after: 0 });
  });
});

test('a state that is not there ends the execution with an error that nothing catches', async () => {
  const { run, ended } = begun({ wait: { Type: 'Wait', Seconds: 1, Next: 'nowhere' } });
  await run();
  expect(ended()).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
});

test('the context says which execution, which machine and since when', async () => {
  const { run, ended } = begun(
    {
      end: succeed(
        '{% [$states.context.Execution, $states.context.StateMachine, $states.context.State.Name, $exists($states.context.Task)] %}',
      ),
    },
    { input: 1 },
  );
  await run();
  expect(ended()).toMatchObject({
    output: [
      { Id: 'arn', Name: 'o-1', Input: 1, StartTime: '2030-01-01T00:00:00.000Z' },
      { Id: 'machine-arn', Name: 'machine' },
      'end',
      false,
    ],
  });
});
