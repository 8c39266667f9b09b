import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Inbox } from './inbox.ts';

test('several saves at once are handed over as one, each file once, in order', async () => {
  const inbox = new Inbox({ quietMs: 100 });
  const next = inbox.next();
  inbox.saved('b.ts');
  await sleep(10);
  inbox.saved('a.ts');
  inbox.saved('b.ts');
  expect(await next).toMatchObject({ files: ['a.ts', 'b.ts'], order: false });
});

test('time is counted from the first save, not from the last', async () => {
  const inbox = new Inbox({ quietMs: 60 });
  const before = performance.now();
  inbox.saved('a.ts');
  const after = performance.now();
  await sleep(20);
  inbox.saved('b.ts');
  const { savedAt } = await inbox.next();
  expect(savedAt).toBeGreaterThanOrEqual(before);
  expect(savedAt).toBeLessThanOrEqual(after);
});

test('what comes while something is dealt with waits, and is handed over next', async () => {
  const inbox = new Inbox({ quietMs: 1 });
  inbox.saved('a.ts');
  expect((await inbox.next()).files).toEqual(['a.ts']);
  let handedOver = false;
  const next = inbox.next().then((received) => {
    handedOver = true;
    return received;
  });
  await sleep(20);
  expect(handedOver).toBe(false);
  inbox.saved('b.ts');
  expect((await next).files).toEqual(['b.ts']);
});

test('a stream of saves without a pause is handed over in the end', async () => {
  const inbox = new Inbox({ quietMs: 50, longestMs: 200 });
  inbox.saved('a.ts');
  const stream = setInterval(() => inbox.saved('a.ts'), 5);
  expect((await inbox.next()).files).toEqual(['a.ts']);
  clearInterval(stream);
});

test('an order that is asked for needs no pause', async () => {
  const inbox = new Inbox({ quietMs: 10_000, longestMs: 10_000 });
  inbox.askForOrder();
  expect(await inbox.next()).toMatchObject({ files: [], order: true });
});
