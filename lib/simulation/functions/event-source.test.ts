import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { LambdaWorld, TIMEOUT_MILLISECONDS } from '../../../test/fakes/lambda.ts';
import { SimulatedQueue } from '../queues/queue.ts';
import { EventSource, type EventSourceSettings } from './event-source.ts';
import { SimulatedFunction } from './function.ts';

const VISIBILITY = 60_000;

/** A queue with a function behind it. What was handed over is in `batches`, as bodies with the time. */
function connected(
  handler: (event: SQSEvent) => unknown = () => undefined,
  { batchSize = 10, maxConcurrency = 5, ...more }: Partial<EventSourceSettings> = {},
) {
  const world = new LambdaWorld();
  const queue = new SimulatedQueue('work', world.timeline, VISIBILITY);
  const batches: (readonly [number, ...string[]])[] = [];
  let [atWork, most] = [0, 0];
  const code = async (event: unknown): Promise<unknown> => {
    const { Records } = event as SQSEvent;
    batches.push([world.timeline.now, ...Records.map(({ body }) => body)]);
    atWork += 1;
    most = Math.max(most, atWork);
    try {
      return await handler(event as SQSEvent);
    } finally {
      atWork -= 1;
    }
  };
  const done: string[] = [];
  new EventSource({
    queue,
    target: new SimulatedFunction(world.around, world.settings(code)),
    batchSize,
    maxConcurrency,
    onDone: (deliveries) => done.push(deliveries.map(({ message }) => message.body).join()),
    ...more,
  });
  const send = (...bodies: readonly string[]): void => {
    for (const body of bodies) queue.send(body);
  };
  return { world, queue, batches, send, done, mostAtOnce: () => most };
}

const failing = (...names: readonly string[]) => ({
  batchItemFailures: names.map((itemIdentifier) => ({ itemIdentifier })),
});

test('messages that are there together are handed over together, up to the size of a batch', async () => {
  const { world, send, batches, queue } = connected(undefined, { batchSize: 2 });
  send('a', 'b', 'c');
  await world.run();
  expect(batches).toEqual([
    [300, 'a', 'b'],
    [300, 'c'],
  ]);
  expect(queue.messages.size).toBe(0);
});

test('a record says what it is: body, identifier, receipt, counts, times and attributes', async () => {
  const events: SQSEvent[] = [];
  const { world, queue } = connected((event) => {
    events.push(event);
    if (events.length === 1) throw new Error('no');
  });
  world.timeline.after(500, () => queue.send('a', { Reason: 'none' }));
  await world.run();
  expect(events.map(({ Records }) => Records[0])).toEqual(
    [1, 2].map((receive) =>
      expect.objectContaining({
        messageId: 'work/1',
        receiptHandle: `work/1#${receive}`,
        body: 'a',
        attributes: expect.objectContaining({
          ApproximateReceiveCount: String(receive),
          SentTimestamp: '500',
          ApproximateFirstReceiveTimestamp: '500',
        }),
        messageAttributes: { Reason: { stringValue: 'none', dataType: 'String' } },
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:work',
      }),
    ),
  );
});

test('no more batches are under way than the cap allows, and the next is taken as one ends', async () => {
  const { world, send, batches, mostAtOnce, queue } = connected(() => sleep(1_000), {
    batchSize: 1,
    maxConcurrency: 2,
  });
  send('a', 'b', 'c', 'd', 'e');
  await world.run(1_000);
  // What is over the cap is not even received: its receives are not counted.
  expect([...queue.messages.values()].map(({ receives }) => receives)).toEqual([1, 1, 0, 0, 0]);
  await world.run();
  expect(batches.map(([, body]) => body)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(mostAtOnce()).toBe(2);
});

describe('of a batch of three', () => {
  test.each<[string, unknown, readonly string[]]>([
    ['nothing comes back where nothing is returned', undefined, []],
    ['nothing comes back where null is returned', null, []],
    ['nothing comes back where an empty answer is returned', {}, []],
    ['nothing comes back where no failure is listed', failing(), []],
    ['nothing comes back where null is listed', { batchItemFailures: null }, []],
    ['only what failed comes back', failing('work/2'), ['b']],
    ['what failed twice in a list comes back once', failing('work/2', 'work/2'), ['b']],
    ['all of it comes back where all failed', failing('work/1', 'work/2', 'work/3'), ['a', 'b', 'c']],
    ['all of it comes back where an identifier is none of the batch’s', failing('work/2', 'work/9'), ['a', 'b', 'c']],
    ['all of it comes back where an identifier is empty', failing(''), ['a', 'b', 'c']],
    [
      'all of it comes back where an identifier is null',
      { batchItemFailures: [{ itemIdentifier: null }] },
      ['a', 'b', 'c'],
    ],
    [
      'all of it comes back where the key of an identifier is another',
      { batchItemFailures: [{ id: 'work/2' }] },
      ['a', 'b', 'c'],
    ],
  ])('%s', async (_, returned, back) => {
    let answer = returned;
    const { world, send, batches, queue } = connected(() => {
      const now = answer;
      answer = undefined;
      return now;
    });
    send('a', 'b', 'c');
    await world.run();
    expect(batches).toEqual([[300, 'a', 'b', 'c'], ...(back.length > 0 ? [[VISIBILITY + 1, ...back]] : [])]);
    expect(queue.messages.size).toBe(0);
  });
});

test.each<[string, () => unknown]>([
  ['throws', () => Promise.reject(new Error('no'))],
  ['times out', () => sleep(TIMEOUT_MILLISECONDS + 1)],
])('a batch whose function %s comes back as a whole when its visibility is over, and not before', async (_, fail) => {
  let failures = 1;
  const { world, send, batches, done } = connected(() => (failures-- > 0 ? fail() : undefined));
  send('a', 'b');
  await world.run(VISIBILITY - 1);
  expect([batches, done]).toEqual([[[300, 'a', 'b']], []]);
  await world.run();
  expect(batches.slice(1)).toEqual([[expect.any(Number), 'a', 'b']]);
  expect(done).toEqual(['a,b']);
});

test('a batch whose process crashed comes back as a whole', async () => {
  const { world, send, batches, queue } = connected();
  const target = {
    invoke: (_: unknown, end: (end: unknown, invocation: unknown) => void) => end({ kind: 'crashed' }, {}),
  };
  new EventSource({ queue, target: target as never, batchSize: 10, maxConcurrency: 5 });
  send('a');
  await world.run(VISIBILITY - 1);
  expect([batches, [...queue.messages.values()].map(({ receives }) => receives)]).toEqual([[], [1]]);
});

test('a message that took longer than its visibility is handed over again meanwhile, and its first end deletes nothing', async () => {
  const world = new LambdaWorld();
  const queue = new SimulatedQueue('work', world.timeline, 2_000);
  let handed = 0;
  const code = async (): Promise<void> => {
    handed += 1;
    await sleep(handed === 1 ? 3_000 : 9_000);
  };
  new EventSource({
    queue,
    target: new SimulatedFunction(world.around, world.settings(code)),
    batchSize: 1,
    maxConcurrency: 2,
  });
  queue.send('a');
  await world.run(3_500);
  expect([handed, queue.messages.size]).toEqual([2, 1]);
});

describe('on the way', () => {
  test('a message that is delivered twice is handed over in its batch and by itself, at the same time', async () => {
    const { world, send, batches } = connected(() => sleep(10), {
      onReceive: ({ body }) => (body === 'b' ? 'twice' : 'deliver'),
    });
    send('a', 'b');
    await world.run();
    expect(batches).toEqual([
      [300, 'a', 'b'],
      [300, 'b'],
    ]);
  });

  test('the second delivery keeps to the cap as well', async () => {
    const { world, send, batches, mostAtOnce } = connected(() => sleep(1_000), {
      batchSize: 1,
      maxConcurrency: 2,
      onReceive: () => 'twice',
    });
    send('a', 'b');
    await world.run();
    expect(mostAtOnce()).toBe(2);
    expect(batches.map(([, body]) => body)).toEqual(['a', 'a', 'b', 'b']);
  });

  test('a message that is withheld is not handed over, and the rest of its batch is', async () => {
    const { world, send, batches } = connected(undefined, {
      onReceive: ({ body, receives }) => (body === 'a' && receives === 1 ? 'withheld' : 'deliver'),
    });
    send('a', 'b');
    await world.run();
    expect(batches).toEqual([
      [300, 'b'],
      [VISIBILITY + 1, 'a'],
    ]);
  });
});
