import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Timeline } from '../time/timeline.ts';
import { type Inside, runInside } from './inside.ts';
import { withReplacedProcess } from './replaced.ts';

const NOON = Date.UTC(2030, 0, 1, 12);

/** A simulation of nothing but its edges: what it is asked is written down. */
function simulated(name = 'a', start = NOON) {
  const timeline = new Timeline(start);
  const asked: unknown[] = [];
  const inside: Inside = {
    variables: { WHERE: name },
    now: () => timeline.now,
    random: () => 0.25,
    uuid: () => `uuid-of-${name}`,
    after: (milliseconds, act) => timeline.after(milliseconds, act),
    send: async (command) => {
      asked.push({ send: command.constructor.name, input: command.input });
      return { answer: name };
    },
    fetch: async (address, options) => {
      asked.push({ fetch: address, method: options?.method });
      return { status: 299 } as Response;
    },
    log: (...line) => {
      asked.push({ log: line });
      return false;
    },
  };
  return { timeline, asked, inside };
}

/** Runs something inside until nothing is to happen any more. */
async function played<T>({ inside, timeline }: ReturnType<typeof simulated>, act: () => T | Promise<T>): Promise<T> {
  return withReplacedProcess(async () => {
    const result = runInside(inside, async () => await act());
    await timeline.run();
    return result;
  });
}

/** Everything that is put in another's place. */
const replaceable = () => ({
  Date: globalThis.Date,
  setTimeout: globalThis.setTimeout,
  setInterval: globalThis.setInterval,
  setImmediate: globalThis.setImmediate,
  clearTimeout: globalThis.clearTimeout,
  clearInterval: globalThis.clearInterval,
  clearImmediate: globalThis.clearImmediate,
  random: Math.random,
  randomUUID: crypto.randomUUID,
  fetch: globalThis.fetch,
  send: DynamoDBClient.prototype.send,
  env: process.env,
  log: console.log,
  info: console.info,
  warn: console.warn,
  error: console.error,
  debug: console.debug,
  sleep,
});

let before: ReturnType<typeof replaceable>;
beforeEach(() => {
  before = replaceable();
});
afterEach(() => {
  const after = replaceable();
  for (const name of Object.keys(before) as (keyof typeof before)[])
    expect({ [name]: after[name] === before[name] }).toEqual({ [name]: true });
});

describe('inside a simulation', () => {
  test('the time is the simulation’s, however it is asked for', async () => {
    const times = await played(simulated(), () => [
      Date.now(),
      Date.parse(new Date().toISOString()),
      new Date(Date.now()).toISOString(),
      Date.parse(Date()),
    ]);
    expect(times).toEqual([NOON, NOON, '2030-01-01T12:00:00.000Z', NOON]);
  });

  test('a date that is given a time has that time, and is a Date', async () => {
    const dates = await played(simulated(), () => [new Date(0), new Date(2020, 1, 2), new Date('2020-02-02')]);
    expect(dates.map((each) => [each.toJSON().slice(0, 10), each instanceof Date])).toEqual([
      ['1970-01-01', true],
      [expect.stringMatching(/^2020-02-0[12]$/), true],
      ['2020-02-02', true],
    ]);
  });

  test('chance is the simulation’s', async () => {
    expect(await played(simulated(), () => [Math.random(), crypto.randomUUID()])).toEqual([0.25, 'uuid-of-a']);
  });

  test.each([
    ['setTimeout', () => new Promise((resolve) => setTimeout(resolve, 60_000))],
    ['setTimeout of timers/promises, as it was imported', () => sleep(60_000)],
    ['a promisified setTimeout', () => promisify(setTimeout)(60_000)],
  ])('an hour of %s takes no time of anybody', async (_, wait) => {
    const world = simulated();
    const waited = await played(world, async () => {
      for (let minute = 0; minute < 60; minute += 1) await wait();
      return Date.now() - NOON;
    });
    expect(waited).toBe(3_600_000);
  });

  test.each([
    [0, 1],
    [undefined, 1],
    [-5, 1],
    [Number.NaN, 1],
    [Number.POSITIVE_INFINITY, 1],
    [2 ** 31, 1],
    [2 ** 31 - 1, 2 ** 31 - 1],
  ])('a timer of %p milliseconds fires after %p, as Node’s does', async (milliseconds, after) => {
    const waited = await played(simulated(), async () => {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return Date.now() - NOON;
    });
    expect(waited).toBe(after);
  });

  test('timers hand over their arguments, and those that were called off never fire', async () => {
    const fired: unknown[] = [];
    await played(simulated(), () => {
      setTimeout((...all: unknown[]) => fired.push(all), 5, 'a', 'b');
      setImmediate((...all: unknown[]) => fired.push(all), 'c');
      clearTimeout(setTimeout(() => fired.push('called off'), 1));
      clearInterval(setInterval(() => fired.push('called off'), 1));
      clearImmediate(setImmediate(() => fired.push('called off')));
      setTimeout(() => undefined, 1).unref();
    });
    expect(fired).toEqual([['c'], ['a', 'b']]);
  });

  test('an interval fires until it is called off, also by itself', async () => {
    const fired: number[] = [];
    await played(simulated(), () => {
      const interval = setInterval(() => {
        fired.push(Date.now() - NOON);
        if (fired.length === 3) clearInterval(interval);
      }, 10);
    });
    expect(fired).toEqual([10, 20, 30]);
  });

  test('a sleep that is aborted ends with an AbortError, at once', async () => {
    const world = simulated();
    const ended = await played(world, async () => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 10);
      const error = await sleep(60_000, undefined, { signal: controller.signal }).catch((each: Error) => each);
      return [(error as Error).name, Date.now() - NOON];
    });
    expect(ended).toEqual(['AbortError', 10]);
  });

  test.each([
    ['DynamoDB', DynamoDBClient, new GetItemCommand({ TableName: 't', Key: {} })],
    ['SQS', SQSClient, new SendMessageCommand({ QueueUrl: 'q', MessageBody: 'm' })],
    ['Step Functions', SFNClient, new SendTaskSuccessCommand({ taskToken: 't', output: '1' })],
  ])('a command to %s is the simulation’s to answer', async (_, Client, command) => {
    const world = simulated();
    // biome-ignore lint/suspicious/noExplicitAny: clients of several services
    const client = new (Client as any)({ region: 'us-east-1' });
    expect(await played(world, () => client.send(command))).toEqual({ answer: 'a' });
    expect(world.asked).toEqual([{ send: command.constructor.name, input: command.input }]);
  });

  test('what is fetched and what is logged reaches the simulation only', async () => {
    const world = simulated();
    const { status } = await played(world, () => {
      for (const write of ['log', 'info', 'warn', 'error', 'debug'] as const) console[write](write, 1);
      return fetch(new URL('https://payments.test/charges'), { method: 'POST' });
    });
    expect(status).toBe(299);
    expect(world.asked).toEqual([
      ...['log', 'info', 'warn', 'error', 'debug'].map((write) => ({ log: [write, 1] })),
      { fetch: 'https://payments.test/charges', method: 'POST' },
    ]);
  });

  test('the environment is the simulation’s over that of the process, also where all of it is read', async () => {
    process.env.BREAKWATER_OF_THE_PROCESS = 'outside';
    try {
      const seen = await played(simulated(), () => [
        process.env.WHERE,
        'WHERE' in process.env,
        { ...process.env }.WHERE,
        Object.keys(process.env).includes('WHERE'),
        process.env.BREAKWATER_OF_THE_PROCESS,
        process.env.NEITHER_HERE_NOR_THERE,
      ]);
      expect(seen).toEqual(['a', true, 'a', true, 'outside', undefined]);
    } finally {
      delete process.env.BREAKWATER_OF_THE_PROCESS;
    }
  });

  test('what follows from it is inside as well: callbacks, promises, timers in timers', async () => {
    const times = await played(simulated(), async () => {
      const seen: number[] = [];
      await Promise.all([
        sleep(5).then(() => seen.push(Date.now() - NOON)),
        new Promise<void>((resolve) =>
          setTimeout(() => setTimeout(() => resolve(void seen.push(Date.now() - NOON)), 5), 5),
        ),
      ]);
      queueMicrotask(() => seen.push(Date.now() - NOON));
      await Promise.resolve();
      return seen;
    });
    expect(times).toEqual([5, 10, 10]);
  });
});

describe('outside, while a simulation runs', () => {
  const outside = <T>(act: () => Promise<T> | T): Promise<T> => withReplacedProcess(async () => await act());

  test('the time is the process’s', async () => {
    const earliest = Date.now();
    const [now, made] = await outside(() => [Date.now(), Date.parse(new Date().toISOString())]);
    expect(now).toBeGreaterThanOrEqual(earliest);
    expect(made).toBeLessThanOrEqual(Date.now());
    expect(await outside(() => typeof Date())).toBe('string');
  });

  test('timers are the process’s, and can be called off and aborted', async () => {
    const fired: unknown[] = [];
    await outside(async () => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      clearTimeout(setTimeout(() => fired.push('called off'), 0));
      clearImmediate(setImmediate(() => fired.push('called off')));
      await new Promise<void>((resolve) => {
        const interval = setInterval(() => resolve(clearInterval(interval)), 1);
      });
      fired.push(await sleep(1, 'slept'), await promisify(setTimeout)(1, 'slept too'));
      const signal = AbortSignal.abort();
      fired.push(await sleep(60_000, 0, { signal }).catch(({ name }: Error) => name));
    });
    expect(fired).toEqual(['slept', 'slept too', 'AbortError']);
  });

  test('and so is what the environment can do', async () => {
    const [own, hasOwn, text, isObject] = await withReplacedProcess(async () => {
      Object.defineProperty(process.env, 'DEFINED_OUTSIDE', {
        value: 'yes',
        configurable: true,
        enumerable: true,
        writable: true,
      });
      return [
        process.env.DEFINED_OUTSIDE,
        Object.hasOwn(process.env, 'DEFINED_OUTSIDE'),
        String(process.env),
        process.env instanceof Object,
      ];
    });
    expect([own, hasOwn, text, isObject, process.env.DEFINED_OUTSIDE]).toEqual([
      'yes',
      true,
      String(process.env),
      process.env instanceof Object,
      'yes',
    ]);
    delete process.env.DEFINED_OUTSIDE;
  });

  test('chance and environment are the process’s', async () => {
    const [one, two, id, where] = await outside(() => [
      Math.random(),
      Math.random(),
      crypto.randomUUID(),
      process.env.WHERE,
    ]);
    expect(one).not.toBe(two);
    expect(id).toMatch(/^[\da-f-]{36}$/);
    expect(where).toBeUndefined();
  });

  test('a command and a request go where they always went', async () => {
    const client = new SQSClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      requestHandler: { handle: async () => Promise.reject(new Error('the real handler')) },
      maxAttempts: 1,
      useQueueUrlAsEndpoint: false,
    });
    const command = new SendMessageCommand({ QueueUrl: 'https://sqs.test/q', MessageBody: 'm' });
    await expect(outside(() => client.send(command))).rejects.toThrow('the real handler');
    await expect(outside(async () => (await fetch('data:,words')).text())).resolves.toBe('words');
  });
});

test('what was replaced is put back when what runs fails', async () => {
  const failing = withReplacedProcess(() => Promise.reject(new Error('failed')));
  await expect(failing).rejects.toThrow('failed');
});

test('two simulations at once are apart, and all is put back only when the later one has ended', async () => {
  const [a, b] = [simulated('a', NOON), simulated('b', NOON + 86_400_000)];
  const see = async (): Promise<unknown> => {
    await sleep(10);
    return [process.env.WHERE, crypto.randomUUID(), new Date().getUTCDate()];
  };
  let replaced: unknown;
  const both = Promise.all([
    played(a, see).then((seen) => {
      replaced = globalThis.Date !== before.Date;
      return seen;
    }),
    played(b, async () => {
      for (let turn = 0; turn < 20; turn += 1) await sleep(10);
      return see();
    }),
  ]);
  expect(await both).toEqual([
    ['a', 'uuid-of-a', 1],
    ['b', 'uuid-of-b', 2],
  ]);
  expect(replaced).toBe(true);
});
