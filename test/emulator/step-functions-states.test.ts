import { expect, test } from '@jest/globals';
import { branch, createMachine, ended, history, outcome, run, start } from './executions.ts';
import { emulatorUnderTest } from './under-test.ts';

const underTest = emulatorUnderTest('step-functions-states');
const pass = branch({ S: { Type: 'Pass', End: true } });

test.concurrent('a Succeed state gives its own Output, not its input', async () => {
  const states = { S: { Type: 'Succeed', Output: { n: '{% $states.input.n + 1 %}' } } };
  expect(await run(underTest, states, { n: 1 })).toEqual({ n: 2 });
});

test.concurrent('a Choice that takes its Default gives its Output and its variables to it', async () => {
  const states = {
    C: {
      Type: 'Choice',
      Choices: [{ Condition: '{% false %}', Next: 'S' }],
      Default: 'S',
      Output: 'default',
      Assign: { x: 1 },
    },
    S: { Type: 'Pass', Output: '{% [$states.input, $x] %}', End: true },
  };
  expect(await run(underTest, states)).toEqual(['default', 1]);
});

test.concurrent('names of one Assign see each other as they were before, so that two can be swapped', async () => {
  const states = {
    A: { Type: 'Pass', Assign: { a: 1, b: 2 }, Next: 'B' },
    B: { Type: 'Pass', Assign: { a: '{% $b %}', b: '{% $a %}' }, Next: 'S' },
    S: { Type: 'Pass', Output: '{% [$a, $b] %}', End: true },
  };
  expect(await run(underTest, states)).toEqual([2, 1]);
});

test.concurrent('a variable that a branch assigns stays inside the branch', async () => {
  const states = {
    O: { Type: 'Pass', Assign: { v: 'outer' }, Next: 'P' },
    P: {
      Type: 'Parallel',
      Branches: [branch({ S: { Type: 'Pass', Assign: { v: 'inner' }, End: true } })],
      Next: 'R',
    },
    R: { Type: 'Pass', Output: '{% $v %}', End: true },
  };
  expect(await run(underTest, states)).toBe('outer');
});

test.concurrent('a Parallel state gives Arguments to its branches and makes Output and Assign of their results', async () => {
  const states = {
    P: {
      Type: 'Parallel',
      Branches: [pass, pass],
      Arguments: { n: '{% $states.input.n + 1 %}' },
      Output: '{% $sum($states.result.n) %}',
      Assign: { first: '{% $states.result[0].n %}' },
      Next: 'R',
    },
    R: { Type: 'Pass', Output: '{% [$states.input, $first] %}', End: true },
  };
  expect(await run(underTest, states, { n: 1 })).toEqual([4, 2]);
});

test.concurrent('states inside a Parallel branch appear in the history by name', async () => {
  const machine = await createMachine(underTest, {
    P: { Type: 'Parallel', Branches: [branch({ Inner: { Type: 'Pass', End: true } })], End: true },
  });
  const execution = await start(underTest, machine);
  await ended(underTest, execution);
  const names = (await history(underTest, execution)).map((event) => event.stateEnteredEventDetails?.name);
  expect(names).toContain('Inner');
});

test.concurrent('a failed child fails its parent with States.TaskFailed, whose cause describes the child', async () => {
  const child = await createMachine(underTest, { F: { Type: 'Fail', Error: 'CardDeclined', Cause: 'no money' } });
  const failure = await run(underTest, {
    T: {
      Type: 'Task',
      Resource: 'arn:aws:states:::states:startExecution.sync:2',
      Arguments: { StateMachineArn: child, Input: {} },
      Catch: [{ ErrorEquals: ['States.TaskFailed'], Output: '{% $states.errorOutput %}', Next: 'S' }],
      End: true,
    },
    S: { Type: 'Succeed' },
  });
  expect(failure).toMatchObject({ Error: 'States.TaskFailed' });
  const cause = JSON.parse((failure as { Cause: string }).Cause);
  expect(cause).toMatchObject({
    StateMachineArn: child,
    Status: 'FAILED',
    Error: 'CardDeclined',
    Cause: 'no money',
    StartDate: expect.any(Number),
  });
});

test.concurrent('a failed execution has an error and a cause, and no output', async () => {
  const machine = await createMachine(underTest, { F: { Type: 'Fail', Error: 'E', Cause: 'C' } });
  const execution = await ended(underTest, await start(underTest, machine));
  expect(outcome(execution)).toEqual({ status: 'FAILED', error: 'E', cause: 'C' });
  expect(execution.output).toBeUndefined();
});
