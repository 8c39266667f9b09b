import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import type { Context as LambdaContext } from 'aws-lambda';
import { LambdaWorld, TIMEOUT_MILLISECONDS, told } from '../../../test/fakes/lambda.ts';
import { type Code, Invocation } from './invocation.ts';

const send = (): Promise<unknown> =>
  new SQSClient({ region: 'us-east-1' }).send(new SendMessageCommand({ QueueUrl: 'q', MessageBody: 'm' }));

/** An invocation that is under way; how it ended is in `ends`, with the time. */
function invoked(
  code: Code,
  {
    event = {},
    clockError = 0,
    variables = {},
  }: { event?: unknown; clockError?: number; variables?: Record<string, string> } = {},
) {
  const world = new LambdaWorld({ clockError });
  const invocation = new Invocation(world.around, world.settings(code, { variables }), event);
  const ends: string[] = [];
  world.timeline.after(0, () => invocation.run((end) => ends.push(`${world.timeline.now} ${told(end)}`)));
  return { world, invocation, ends };
}

describe('an invocation ends', () => {
  test.each<[string, Code, string]>([
    ['with what its code returns', () => ({ a: 1 }), '0 returned {"a":1}'],
    ['with what its code returns after a while', () => sleep(500, 'late'), '500 returned "late"'],
    ['with nothing, where its code returns nothing', () => undefined, '0 returned undefined'],
    [
      'with what its code throws at once',
      () => {
        throw new TypeError('no');
      },
      '0 threw TypeError: no',
    ],
    [
      'with what its code throws later',
      async () => {
        await sleep(5);
        throw new RangeError('no');
      },
      '5 threw RangeError: no',
    ],
    ['with an Error, where what was thrown is none', () => Promise.reject('words'), '0 threw Error: words'],
    [
      'at its time-out, where its code never ends',
      () => new Promise(() => undefined),
      `${TIMEOUT_MILLISECONDS} timed-out`,
    ],
    [
      'at its time-out, where its code would end a moment later',
      () => sleep(TIMEOUT_MILLISECONDS + 1),
      `${TIMEOUT_MILLISECONDS} timed-out`,
    ],
  ])('%s', async (_, code, end) => {
    const { world, ends, invocation } = invoked(code);
    await world.run();
    expect(ends).toEqual([end]);
    expect(invocation.ended).toBe(true);
  });
});

describe('code meets', () => {
  test('its event, its context and its environment', async () => {
    const seen: unknown[] = [];
    const { world } = invoked(
      (event, { functionName, awsRequestId }) =>
        seen.push(event, functionName, awsRequestId, process.env.QUEUE_URL, crypto.randomUUID(), Math.random()),
      { event: { n: 1 }, variables: { QUEUE_URL: 'q' } },
    );
    await world.run();
    expect(seen).toEqual([{ n: 1 }, 'work', 'id-1', 'q', 'id-2', 0.5]);
  });

  test('the time that is left to it, never less than nothing', async () => {
    const left: number[] = [];
    const { world, invocation } = invoked(async (_, context: LambdaContext) => {
      for (const wait of [0, 4_000, 7_000])
        left.push(await sleep(wait, undefined).then(() => context.getRemainingTimeInMillis()));
    });
    invocation.becomeZombie();
    await world.run();
    expect(left).toEqual([TIMEOUT_MILLISECONDS - 1, TIMEOUT_MILLISECONDS - 4_001, 0]);
  });

  test('a clock that may be wrong; its time-out is Lambda’s own', async () => {
    const seen: number[] = [];
    const { world, ends } = invoked(
      () => {
        seen.push(Date.now());
        return sleep(60_000);
      },
      { clockError: -700.4 },
    );
    await world.run();
    expect([seen, ends]).toEqual([[-700], [`${TIMEOUT_MILLISECONDS} timed-out`]]);
  });

  test('AWS and providers by the world round it, and what it logs goes there', async () => {
    const { world, ends } = invoked(async () => {
      console.log('begun');
      return [await send(), await (await fetch('https://payments.test/charges')).text()];
    });
    await world.run();
    expect(world.asked).toEqual(['0 begun', '0 SendMessageCommand', '1000 https://payments.test/charges']);
    expect(ends).toEqual(['2000 returned ["SendMessageCommand","fetched"]']);
  });
});

/** Writes down how far it comes, by everything that can be waited for. */
const walker =
  (world: () => LambdaWorld, wait: () => Promise<unknown>): Code =>
  async () => {
    world().note('before');
    await wait();
    world().note('after');
    await send();
  };

describe.each<[string, () => Promise<unknown>]>([
  ['a call of AWS', send],
  ['a request', () => fetch('https://payments.test')],
  ['a timer', () => sleep(1_000)],
])('when the process crashes while it waits for %s', (_, wait) => {
  test('that never comes, and Lambda hears of the crash once', async () => {
    const invocationOf = invoked(walker(() => invocationOf.world, wait));
    const { world, invocation, ends } = invocationOf;
    world.timeline.after(999, () => invocation.crash());
    await world.run();
    expect(ends).toEqual(['999 crashed']);
    expect(world.asked.filter((line) => line.endsWith('after'))).toEqual([]);
    expect(invocation.alive).toBe(false);
  });
});

test('a process that crashes in the middle of a turn asks nobody any more in what is left of that turn', async () => {
  const { world, ends, invocation } = invoked(async () => {
    const first = send();
    invocation.crash();
    console.log('dead men tell no tales');
    await Promise.race([first, send(), fetch('https://payments.test'), sleep(1)]);
    world.note('went on');
  });
  await world.run();
  expect([world.asked, ends]).toEqual([['0 SendMessageCommand'], ['0 crashed']]);
});

describe('after its time-out', () => {
  const late: Code = async () => {
    await sleep(TIMEOUT_MILLISECONDS + 500);
    return send();
  };

  test('a process is gone: what it waits for never comes', async () => {
    const { world, ends, invocation } = invoked(late);
    await world.run();
    expect([world.asked, ends, invocation.alive]).toEqual([[], ['10000 timed-out'], false]);
  });

  test('a zombie goes on all the same, and Lambda does not hear what it returns', async () => {
    const { world, ends, invocation } = invoked(late);
    invocation.becomeZombie();
    await world.run();
    expect([world.asked, ends, invocation.alive]).toEqual([['10500 SendMessageCommand'], ['10000 timed-out'], true]);
  });

  test('a zombie can still crash', async () => {
    const { world, ends, invocation } = invoked(late);
    invocation.becomeZombie();
    world.timeline.after(TIMEOUT_MILLISECONDS + 400, () => invocation.crash());
    await world.run();
    expect([world.asked, ends]).toEqual([[], ['10000 timed-out']]);
  });
});
