import { expect, test } from '@jest/globals';
import {
  branch,
  createMachine,
  ended,
  fail,
  outcome,
  run,
  type State,
  type States,
  start,
  succeed,
  tokenTask,
} from './executions.ts';
import { createQueue, nextTask, receive, type TaskMessage } from './queues.ts';
import { emulatorUnderTest } from './under-test.ts';

const underTest = emulatorUnderTest('step-functions-parallel');
const BRANCHES = [0, 1, 2, 3];
const EXECUTIONS = 50;
const WAIT_SECONDS = 8;

// The defect is a race: the plain emulator may pass (it did once, at 50 executions).
test.concurrent('50 executions of 4 token branches at once get 200 tokens, each its own answer', async () => {
  const queue = await createQueue(underTest);
  const slow = '{% $sum([1..300].($ * 2)) %}';
  const branches = BRANCHES.map((i) => branch({ [`B${i}`]: tokenTask(queue, {}, { i, slow }) }));
  const machine = await createMachine(underTest, { P: { Type: 'Parallel', Branches: branches, End: true } });
  const executions = await Promise.all(Array.from({ length: EXECUTIONS }, () => start(underTest, machine)));
  const tokens = new Set<string>();
  const answered = new AbortController();
  const answer = async () => {
    while (!answered.signal.aborted) {
      for (const { token, i } of await receive<TaskMessage & { i: number }>(underTest, queue, 1, 0.5)) {
        tokens.add(token);
        await succeed(underTest, token, i);
      }
    }
  };
  const workers = BRANCHES.map(answer);
  const outcomes = await Promise.all(executions.map(async (each) => outcome(await ended(underTest, each, 12))));
  answered.abort();
  await Promise.all(workers);
  expect(outcomes).toEqual(Array(EXECUTIONS).fill(BRANCHES));
  expect(tokens.size).toBe(EXECUTIONS * BRANCHES.length);
});

test.concurrent('a branch that retries sends its own state name and a new token, and leaves its sibling alone', async () => {
  const queue = await createQueue(underTest);
  const retry = { Retry: [{ ErrorEquals: ['again'], IntervalSeconds: 1, MaxAttempts: 1 }] };
  const branches = ['A', 'B'].map((name) => branch({ [name]: tokenTask(queue, retry) }));
  const machine = await createMachine(underTest, { P: { Type: 'Parallel', Branches: branches, End: true } });
  const execution = await start(underTest, machine);
  const first = await receive<TaskMessage>(underTest, queue, 2);
  const token = (state: string) => first.find((message) => message.state === state)?.token ?? '';
  expect(first.map(({ state }) => state).sort()).toEqual(['A', 'B']);
  await fail(underTest, token('A'), 'again');
  const second = await nextTask(underTest, queue);
  expect(second.state).toBe('A');
  expect([token('A'), token('B')]).not.toContain(second.token);
  expect(await succeed(underTest, token('B'), 'b')).toBe('accepted');
  expect(await succeed(underTest, second.token, 'a')).toBe('accepted');
  expect(outcome(await ended(underTest, execution))).toEqual(['a', 'b']);
});

/** A state whose one part fails at once while others wait before they send a message. */
const failFast = {
  Parallel: (queue: string): State => ({
    Type: 'Parallel',
    Branches: [branch(waitThenSend(queue)), branch({ F: { Type: 'Fail', Error: 'Boom' } })],
  }),
  Map: (queue: string): State => ({
    Type: 'Map',
    Items: [0, 1, 2],
    ItemProcessor: branch({
      C: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 1 %}', Next: 'F' }], Default: 'W' },
      F: { Type: 'Fail', Error: 'Boom' },
      ...waitThenSend(queue),
    }),
  }),
};

function waitThenSend(queue: string): States {
  return { W: { Type: 'Wait', Seconds: WAIT_SECONDS, Next: 'S' }, S: tokenTask(queue) };
}

test.concurrent.each(['Parallel', 'Map'] as const)(
  'a %s state fails as soon as one part fails, and the others send nothing more',
  async (kind) => {
    const queue = await createQueue(underTest);
    const began = Date.now();
    const caught = await run(underTest, {
      P: {
        ...failFast[kind](queue),
        Catch: [{ ErrorEquals: ['Boom'], Output: 'caught', Next: 'R' }],
        End: true,
      },
      R: { Type: 'Succeed' },
    });
    expect(caught).toBe('caught');
    expect(Date.now() - began).toBeLessThan(WAIT_SECONDS * 1000);
    expect(await receive(underTest, queue, 1, WAIT_SECONDS + 1)).toEqual([]);
  },
);
