import { SendTaskHeartbeatCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { expect, test } from '@jest/globals';
import { createMachine, ended, fail, outcome, run, type State, start, succeed, tokenTask } from './executions.ts';
import { createQueue, nextTask } from './queues.ts';
import { emulatorUnderTest, refusal } from './under-test.ts';

const underTest = emulatorUnderTest('step-functions-tasks');

test.concurrent('each attempt of a task has a token of its own, and the old one is refused', async () => {
  const queue = await createQueue(underTest);
  const retry = [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 1 }];
  const machine = await createMachine(underTest, { T: tokenTask(queue, { TimeoutSeconds: 1, Retry: retry }) });
  const execution = await start(underTest, machine);
  const first = await nextTask(underTest, queue);
  const second = await nextTask(underTest, queue);
  expect(second.token).not.toBe(first.token);
  expect(await succeed(underTest, first.token, 'late')).toBe('TaskTimedOut');
  expect(await succeed(underTest, second.token, 'right')).toBe('accepted');
  expect(outcome(await ended(underTest, execution))).toBe('right');
  expect(await succeed(underTest, second.token, 'again')).toBe('TaskTimedOut');
});

test.concurrent('a task whose heartbeats stop fails with States.HeartbeatTimeout', async () => {
  const queue = await createQueue(underTest);
  const caught = { ErrorEquals: ['States.HeartbeatTimeout'], Output: '{% $states.errorOutput.Error %}', Next: 'S' };
  const machine = await createMachine(underTest, {
    T: tokenTask(queue, { HeartbeatSeconds: 1, TimeoutSeconds: 20, Catch: [caught] }),
    S: { Type: 'Succeed' },
  });
  const execution = await start(underTest, machine);
  const { token } = await nextTask(underTest, queue);
  const began = Date.now();
  for (let beat = 0; beat < 3; beat += 1) {
    await new Promise((resolve) => setTimeout(resolve, 600));
    const sent = underTest.stepFunctions.send(new SendTaskHeartbeatCommand({ taskToken: token }));
    expect(await refusal(sent)).toBe('accepted');
  }
  expect(outcome(await ended(underTest, execution, 4))).toBe('States.HeartbeatTimeout');
  expect(Date.now() - began).toBeGreaterThan(2500);
  expect(Date.now() - began).toBeLessThan(3800);
  expect(await succeed(underTest, token, 1)).toBe('TaskTimedOut');
});

test.concurrent('a time-out that is an expression ends the task after as many seconds', async () => {
  const began = Date.now();
  const queue = await createQueue(underTest);
  const failure = await run(underTest, { T: tokenTask(queue, { TimeoutSeconds: '{% $states.input.t %}' }) }, { t: 1 });
  expect(failure).toMatchObject({ error: 'States.Timeout' });
  expect(Date.now() - began).toBeLessThan(2500);
});

test.concurrent('output that is no JSON is refused and leaves the task open', async () => {
  const queue = await createQueue(underTest);
  const execution = await start(underTest, await createMachine(underTest, { T: tokenTask(queue) }));
  const { token } = await nextTask(underTest, queue);
  const sent = underTest.stepFunctions.send(new SendTaskSuccessCommand({ taskToken: token, output: 'no json' }));
  expect(await refusal(sent)).toBe('InvalidOutput');
  expect(await succeed(underTest, token, 'right')).toBe('accepted');
  expect(outcome(await ended(underTest, execution))).toBe('right');
});

/** The seconds between the three attempts of a task that always fails, whose delays are 1 and 3 s if nothing else. */
async function delays(retrier: State): Promise<number[]> {
  const queue = await createQueue(underTest);
  const retry = [{ ErrorEquals: ['x'], IntervalSeconds: 1, BackoffRate: 3, MaxAttempts: 2, ...retrier }];
  await start(underTest, await createMachine(underTest, { T: tokenTask(queue, { TimeoutSeconds: 20, Retry: retry }) }));
  const times: number[] = [];
  while (times.length < 3) {
    const { token } = await nextTask(underTest, queue);
    times.push(Date.now() / 1000);
    await fail(underTest, token, 'x');
  }
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

test.concurrent('no delay between attempts is longer than MaxDelaySeconds', async () => {
  for (const delay of await delays({ MaxDelaySeconds: 1 })) {
    expect(delay).toBeGreaterThan(0.9);
    expect(delay).toBeLessThan(1.7);
  }
});

test.concurrent('full jitter spreads the delays between nothing and what they were', async () => {
  const drawn = (await Promise.all([1, 2, 3].map(() => delays({ JitterStrategy: 'FULL' })))).flat();
  expect(Math.max(...drawn)).toBeLessThan(3.6);
  const spread = drawn.filter((delay) => delay < 0.9 || (delay > 1.6 && delay < 2.9));
  expect(spread.length).toBeGreaterThan(0); // all six near 1 or 3 by chance: less than once in a thousand runs
});
