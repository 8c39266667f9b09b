import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect, jest, test } from '@jest/globals';
import { envelope } from '../fakes/delivery.ts';
import { throttle } from '../faults/index.ts';
import { packed, packingHallUnderTest } from './packing-line.ts';

const hall = packingHallUnderTest('dead-letters');
jest.setTimeout(150_000);

const nameOf = (executionArn: string): string => executionArn.split(':').at(-1) ?? '';

test.concurrent('a poisoned message that crashes its worker ends its own order; its neighbours in the batch are done', async () => {
  const line = await hall.line('poisoned');
  const names = ['poison', 'neighbour-1', 'neighbour-2', 'neighbour-3'];
  const [poisoned = '', ...neighbours] = await Promise.all(names.map((parcel) => line.start(parcel)));
  await line.open(4);
  for (const neighbour of neighbours) {
    expect(await line.ended(neighbour)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await line.letters(nameOf(neighbour))).toEqual([]);
  }
  expect(await line.ended(poisoned)).toMatchObject({ status: 'FAILED', error: 'Compensated.DeadLettered' });
  const letter = await line.letter(nameOf(poisoned));
  expect(letter).toMatchObject({ enqueuedAgain: true, verb: 'do', reason: expect.stringMatching(/received \d times/) });
  expect(JSON.parse(await line.bodyOf(letter))).toMatchObject({ input: { parcel: 'poison' } });
  const books = await packed(hall);
  expect(names.filter((name) => books.has(name))).toEqual(['neighbour-1', 'neighbour-2', 'neighbour-3']);
  expect(await hall.told(nameOf(poisoned))).toBeGreaterThan(0);
  expect(await line.isEmpty()).toBe(true);
});

test.concurrent('a message of an unknown version fails its order at once, and is kept beside its records', async () => {
  const line = await hall.line('versioned');
  const executionArn = await line.start('of-version-99');
  const body = JSON.stringify({ ...(await line.take()), breakwater: 99 });
  await line.send(body);
  await line.open();
  expect(await line.ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'Compensated.Contract' });
  const letter = await line.letter(nameOf(executionArn));
  expect(letter).toMatchObject({
    reason: 'breakwater is 99; this runtime speaks version 1.',
    step: expect.stringMatching(/^packed~dead-letter~/),
  });
  expect(await line.bodyOf(letter)).toBe(body);
  expect((await packed(hall)).has('of-version-99')).toBe(false);
  expect(await line.isEmpty()).toBe(true);
});

test.concurrent('messages of 1 MiB and without JSON are kept whole', async () => {
  const line = await hall.line('malformed');
  await line.open();
  const large = 'ü'.repeat(524_288);
  await Promise.all([line.send(large), line.send('hello')]);
  expect(await line.isEmpty()).toBe(true);
  const bodies = await Promise.all((await line.letters()).map((letter) => line.bodyOf(letter)));
  expect(bodies.toSorted((a, b) => a.length - b.length)).toEqual(['hello', large]);
});

test.concurrent('a letter whose order was stopped meanwhile is kept, though nobody waits for the answer', async () => {
  const line = await hall.line('expired');
  const executionArn = await line.start('expired');
  const sent = await line.take();
  await hall.underTest.stepFunctions.send(new StopExecutionCommand({ executionArn }));
  await line.deadLetter(JSON.stringify(sent), 'no reason');
  expect(await line.letter(nameOf(executionArn))).toMatchObject({ reason: 'no reason' });
  expect(await line.isEmpty()).toBe(true);
  expect((await line.ended(executionArn)).status).toBe('ABORTED');
});

test.concurrent('where an atom lacks an environment variable, nothing that came to it is lost', async () => {
  const line = await hall.line('unconfigured', ['DEAD_LETTER_QUEUE_URL', 'RECORDS_TABLE']);
  const step = {
    contract: 'pack-parcel@1.0.0',
    execution: `${line.name}:o-1`,
    step: 'sent',
    input: { parcel: 'lost' },
  };
  await line.send('hello');
  await line.send(JSON.stringify(envelope(step)));
  await line.open(2);
  expect(await line.letter()).toMatchObject({ body: 'hello', reason: expect.stringMatching(/received \d times/) });
  // What nobody waits for waits for a person, after its second chance.
  expect(await line.letter('o-1')).toMatchObject({ enqueuedAgain: true });
  expect(await line.isEmpty()).toBe(true);
  const parked = (await line.rows('o-1')).find((row) => row.step === 'sent~parked~send');
  expect(parked).toMatchObject({ verb: 'send', error: 'DeadLettered', parkedIn: line.name });
});

test.concurrent('while the table is throttled a dead letter waits; then it is kept, and its order told', async () => {
  const line = await hall.line('throttled');
  const executionArn = await line.start('throttled');
  const body = JSON.stringify(await line.take());
  const times = 4; // more than the SDK tries by itself
  const refused = hall.faults.inject({
    function: line.answering,
    operation: 'dynamodb.PutItem',
    times,
    action: throttle(),
  });
  await line.deadLetter(body, 'no reason');
  expect(await line.ended(executionArn)).toMatchObject({ status: 'FAILED', error: 'Compensated.DeadLettered' });
  expect(refused.hits).toBe(times);
  expect(await line.bodyOf(await line.letter(nameOf(executionArn)))).toBe(body);
});

test.concurrent('a letter that can never be dealt with ends in the queue that an alarm watches', async () => {
  const line = await hall.line('unanswered');
  hall.faults.inject({ function: line.answering, operation: 'dynamodb.PutItem', action: throttle() });
  await line.deadLetter('hello', 'no envelope');
  expect(await line.unanswered()).toEqual(['hello']);
  expect(await line.letters()).toEqual([]);
});
