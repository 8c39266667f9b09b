import { existsSync, readdirSync } from 'node:fs';
import {
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  PublishStateMachineVersionCommand,
  StartExecutionCommand,
  type StartExecutionCommandInput,
  StopExecutionCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { expect, test } from '@jest/globals';
import {
  createMachine,
  definition,
  ended,
  fail,
  history,
  outcome,
  run,
  start,
  succeed,
  tokenTask,
} from './executions.ts';
import { createQueue, nextTask, receive, type TaskMessage } from './queues.ts';
import { emulatorUnderTest, eventually, refusal, unique } from './under-test.ts';

const underTest = emulatorUnderTest('step-functions-executions');
const START_MS = 100;
const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1000));
const says = (word: string) => ({ S: { Type: 'Pass', Output: word, End: true } });
const waits = (howLong: number) => ({ W: { Type: 'Wait', Seconds: howLong, End: true } });

test('a start takes a few milliseconds, without the 150 that the plain emulator sleeps', async () => {
  const machine = await createMachine(underTest, says('hello'));
  const took: number[] = [];
  while (took.length < 9) {
    const began = performance.now();
    await ended(underTest, await start(underTest, machine));
    took.push(performance.now() - began);
  }
  expect(Math.min(...took)).toBeLessThan(START_MS);
});

test.concurrent('a machine past its TimeoutSeconds becomes TIMED_OUT, past every Catch, and closes its tokens', async () => {
  const queue = await createQueue(underTest);
  const states = {
    T: tokenTask(queue, { Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }] }),
    C: { Type: 'Pass', End: true },
  };
  const execution = await start(underTest, await createMachine(underTest, states, { TimeoutSeconds: 1 }));
  const { token } = await nextTask(underTest, queue);
  expect((await ended(underTest, execution, 3)).status).toBe('TIMED_OUT');
  expect(await succeed(underTest, token, 1)).toBe('TaskTimedOut');
  await seconds(0.3);
  const types = (await history(underTest, execution)).map(({ type }) => type);
  expect(types.at(-1)).toBe('ExecutionTimedOut');
  expect(types).not.toContain('PassStateEntered');
});

test.concurrent('a machine past its TimeoutSeconds stops waiting in a Wait state', async () => {
  expect(await run(underTest, waits(3), {}, { TimeoutSeconds: 1 })).toMatchObject({ status: 'TIMED_OUT' });
});

const threads = () => readdirSync(`/proc/${underTest.emulator.pid}/task`).length;

test('a stopped execution stays ABORTED, refuses late answers and holds no thread', async () => {
  const queue = await createQueue(underTest);
  const machine = await createMachine(underTest, { T: tokenTask(queue, { TimeoutSeconds: 60 }) });
  const executions = await Promise.all(Array.from({ length: 40 }, () => start(underTest, machine)));
  const tokens = (await receive<TaskMessage>(underTest, queue, 40, 8)).map(({ token }) => token);
  const countable = existsSync('/proc/self/task');
  const during = countable ? threads() : 0;
  for (const executionArn of executions) {
    await underTest.stepFunctions.send(new StopExecutionCommand({ executionArn, error: 'E', cause: 'C' }));
  }
  const answers = tokens.map((token, i) => (i % 2 ? succeed(underTest, token, 1) : fail(underTest, token, 'x')));
  expect(new Set(await Promise.all(answers))).toEqual(new Set(['TaskTimedOut']));
  await seconds(0.5);
  const ends = await Promise.all(
    executions.map(async (each) => [
      (await ended(underTest, each)).status,
      (await history(underTest, each)).at(-1)?.type,
    ]),
  );
  expect(ends).toEqual(Array(40).fill(['ABORTED', 'ExecutionAborted']));
  if (countable) expect(during - threads()).toBeGreaterThan(30);
});

test.concurrent('stopping a parent stops the child that it waits for', async () => {
  const child = await createMachine(underTest, waits(5));
  const resource = 'arn:aws:states:::states:startExecution.sync:2';
  const parent = await createMachine(underTest, {
    T: { Type: 'Task', Resource: resource, Arguments: { StateMachineArn: child, Input: {} }, End: true },
  });
  const executionArn = await start(underTest, parent);
  const children = async () => {
    const listed = await underTest.stepFunctions.send(new ListExecutionsCommand({ stateMachineArn: child }));
    return listed.executions?.map(({ status }) => status) ?? [];
  };
  await eventually(async () => ((await children()).length ? true : undefined));
  await underTest.stepFunctions.send(new StopExecutionCommand({ executionArn }));
  await seconds(0.3);
  expect(await children()).toEqual(['ABORTED']);
});

test.concurrent('a version runs the definition that it was published with', async () => {
  const stateMachineArn = await createMachine(underTest, says('old'));
  const { stateMachineVersionArn: version = '' } = await underTest.stepFunctions.send(
    new PublishStateMachineVersionCommand({ stateMachineArn }),
  );
  await underTest.stepFunctions.send(
    new UpdateStateMachineCommand({ stateMachineArn, definition: definition(says('new')) }),
  );
  expect(outcome(await ended(underTest, await start(underTest, version)))).toBe('old');
  expect(outcome(await ended(underTest, await start(underTest, stateMachineArn)))).toBe('new');
  const resource = 'arn:aws:states:::states:startExecution.sync:2';
  const nested = { StateMachineArn: version, Input: {} };
  const output = '{% $states.result.Output %}';
  const parent = { T: { Type: 'Task', Resource: resource, Arguments: nested, Output: output, End: true } };
  expect(await run(underTest, parent)).toBe('old');
});

test.concurrent('an execution is described with the definition that it was begun with', async () => {
  const stateMachineArn = await createMachine(underTest, says('old'));
  const executionArn = await start(underTest, stateMachineArn);
  await underTest.stepFunctions.send(
    new UpdateStateMachineCommand({ stateMachineArn, definition: definition(says('new')) }),
  );
  const described = await underTest.stepFunctions.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
  expect(JSON.parse(described.definition ?? '').States.S.Output).toBe('old');
});

test.concurrent('the same name and input give the running execution again; other input or an ended one is refused', async () => {
  const stateMachineArn = await createMachine(underTest, waits(1));
  const name = unique('order');
  const startWith = (input: string) =>
    underTest.stepFunctions.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  const first = await startWith('{}');
  const second = await startWith('{}');
  expect([second.executionArn, second.startDate]).toEqual([first.executionArn, first.startDate]);
  expect(await refusal(startWith('{"a":1}'))).toBe('ExecutionAlreadyExists');
  await ended(underTest, first.executionArn ?? '');
  expect(await refusal(startWith('{}'))).toBe('ExecutionAlreadyExists');
});

const starts: [string, Partial<StartExecutionCommandInput>, string][] = [
  ['a name with brackets', { name: 'bad name<>' }, 'InvalidName'],
  ['a name of 100 characters', { name: 'x'.repeat(100) }, 'ValidationException'],
  ['an input that is no JSON', { input: 'no json' }, 'InvalidExecutionInput'],
  ['an input of 300 KB', { input: JSON.stringify('x'.repeat(300_000)) }, 'InvalidExecutionInput'],
];

test.concurrent.each(starts)('a start with %s is refused', async (_case, given, refused) => {
  const stateMachineArn = await createMachine(underTest, says('hello'));
  const started = underTest.stepFunctions.send(new StartExecutionCommand({ stateMachineArn, ...given }));
  expect(await refusal(started)).toBe(refused);
});
