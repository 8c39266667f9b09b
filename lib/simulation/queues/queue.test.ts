import { expect, test } from '@jest/globals';
import { Timeline } from '../time/timeline.ts';
import { type Message, SimulatedQueue } from './queue.ts';

const VISIBILITY = 30_000;

/** A queue whose messages are hidden for half a minute, and go to `dead` when they were received three times. */
function queues() {
  const timeline = new Timeline(0);
  const dead = new SimulatedQueue('dead', timeline, VISIBILITY);
  const queue = new SimulatedQueue('work', timeline, VISIBILITY, { maxReceiveCount: 3, deadLetters: dead });
  /** Lets virtual time pass, to the millisecond. */
  const pass = async (milliseconds: number): Promise<void> => {
    timeline.after(milliseconds, () => undefined);
    await timeline.run({ until: timeline.now + milliseconds });
  };
  const receiveOne = (): Message => {
    const [message] = queue.receive(1);
    if (!message) throw new Error('There is nothing to receive.');
    return message;
  };
  return { timeline, dead, queue, pass, receiveOne };
}

const bodies = (messages: readonly Message[]): readonly string[] => messages.map(({ body }) => body);

test('a message that is received is hidden for the visibility time-out, and comes back when that is over', async () => {
  const { queue, pass } = queues();
  queue.send('a');
  expect(bodies(queue.receive(10))).toEqual(['a']);
  expect(queue.receive(10)).toEqual([]);
  await pass(VISIBILITY - 1);
  expect(queue.receive(10)).toEqual([]);
  await pass(1);
  expect(bodies(queue.receive(10))).toEqual(['a']);
});

test('no more messages are received than were asked for; the rest can be received at once', () => {
  const { queue } = queues();
  for (const body of ['a', 'b', 'c']) queue.send(body);
  expect(bodies(queue.receive(2))).toEqual(['a', 'b']);
  expect(bodies(queue.receive(2))).toEqual(['c']);
});

test('every receive counts, and the first of them is remembered', async () => {
  const { queue, pass, receiveOne } = queues();
  queue.send('a');
  await pass(500);
  expect(receiveOne()).toMatchObject({ receives: 1, sentAt: 0, firstReceivedAt: 500 });
  await pass(VISIBILITY);
  expect(receiveOne()).toMatchObject({ receives: 2, sentAt: 0, firstReceivedAt: 500 });
});

test('the receive after the last one allowed moves a message to the dead-letter queue', async () => {
  const { queue, dead, pass } = queues();
  queue.send('a', { reason: 'none' });
  for (const receive of [1, 2, 3]) {
    expect(queue.receive(1)).toMatchObject([{ body: 'a', receives: receive }]);
    await pass(VISIBILITY);
    // Until somebody asks for it once more it lies there, visible.
    expect([queue.messages.size, dead.messages.size]).toEqual([1, 0]);
  }
  expect(queue.receive(1)).toEqual([]);
  expect([queue.messages.size, dead.messages.size]).toEqual([0, 1]);
  expect(dead.receive(1)).toMatchObject([{ body: 'a', attributes: { reason: 'none' }, receives: 1 }]);
});

test('a message that goes to the dead-letter queue takes no place of those that were asked for', async () => {
  const { queue, dead, pass } = queues();
  queue.send('poisoned');
  for (const _ of [1, 2, 3]) {
    queue.receive(1);
    await pass(VISIBILITY);
  }
  queue.send('sound');
  expect(bodies(queue.receive(1))).toEqual(['sound']);
  expect(dead.messages.size).toBe(1);
});

test('without a dead-letter queue a message is received for ever', async () => {
  const { dead, pass } = queues();
  dead.send('a');
  for (let receive = 1; receive <= 20; receive += 1) {
    expect(dead.receive(1)).toMatchObject([{ receives: receive }]);
    await pass(VISIBILITY);
  }
});

test('a message that is deleted never comes back', async () => {
  const { queue, pass, receiveOne } = queues();
  queue.send('a');
  queue.delete(receiveOne().receipt);
  await pass(VISIBILITY);
  expect(queue.receive(1)).toEqual([]);
  expect(queue.messages.size).toBe(0);
});

test('a receipt still deletes when the visibility is over, as long as nobody else has received the message', async () => {
  const { queue, pass, receiveOne } = queues();
  queue.send('a');
  const { receipt } = receiveOne();
  await pass(VISIBILITY + 1);
  queue.delete(receipt);
  expect(queue.messages.size).toBe(0);
});

test('the receipt of an earlier receive deletes nothing and hides nothing', async () => {
  const { queue, pass, receiveOne } = queues();
  queue.send('a');
  const { receipt: stale } = receiveOne();
  await pass(VISIBILITY);
  receiveOne();
  queue.delete(stale);
  queue.changeVisibility(stale, 0);
  expect(queue.receive(1)).toEqual([]);
  queue.changeVisibility(stale, 10 * VISIBILITY);
  await pass(VISIBILITY);
  expect(bodies(queue.receive(1))).toEqual(['a']);
});

test.each(['nonsense', '', 'work/1', 'work/1#', 'work/99#1', '#'])(
  'the receipt %p is nobody’s and does nothing',
  (receipt) => {
    const { queue } = queues();
    queue.send('a');
    queue.receive(1);
    queue.delete(receipt);
    queue.changeVisibility(receipt, 0);
    expect(queue.messages.size).toBe(1);
    expect(queue.receive(1)).toEqual([]);
  },
);

test.each([
  ['longer', 50_000],
  ['shorter', 1_000],
])('a message whose visibility is changed comes back %s after, counted from the change', async (_, milliseconds) => {
  const { queue, pass, receiveOne } = queues();
  queue.send('a');
  const { receipt } = receiveOne();
  await pass(10_000);
  queue.changeVisibility(receipt, milliseconds);
  await pass(milliseconds - 1);
  expect(queue.receive(1)).toEqual([]);
  await pass(1);
  expect(bodies(queue.receive(1))).toEqual(['a']);
});

test('a visibility of nothing gives a message back at once', () => {
  const { queue, receiveOne } = queues();
  queue.send('a');
  queue.changeVisibility(receiveOne().receipt, 0);
  expect(bodies(queue.receive(1))).toEqual(['a']);
});

test('a message whose visibility is over is anybody’s: who had it can hide it no more', async () => {
  const { queue, pass, receiveOne } = queues();
  queue.send('a');
  const { receipt } = receiveOne();
  await pass(VISIBILITY);
  expect(() => queue.changeVisibility(receipt, 60_000)).toThrow(
    expect.objectContaining({ name: 'MessageNotInflight' }),
  );
  expect(bodies(queue.receive(1))).toEqual(['a']);
});

test('a message that is sent with a delay can be received when that is over', async () => {
  const { queue, pass } = queues();
  queue.send('a', {}, 1_000);
  await pass(999);
  expect(queue.receive(1)).toEqual([]);
  await pass(1);
  expect(bodies(queue.receive(1))).toEqual(['a']);
});

test('a reader hears when there is something to receive: sent, visible again, given back; not when it was deleted', async () => {
  const { queue, timeline, receiveOne } = queues();
  const heard: number[] = [];
  queue.onVisible = () => heard.push(timeline.now);
  queue.send('a');
  await timeline.run({ until: 1 });
  receiveOne();
  await timeline.run({ until: VISIBILITY });
  const { receipt } = receiveOne();
  queue.changeVisibility(receipt, 5_000);
  await timeline.run({ until: VISIBILITY + 5_000 });
  queue.delete(receiveOne().receipt);
  await timeline.run();
  expect(heard).toEqual([0, VISIBILITY, VISIBILITY + 5_000]);
});

test('messages are received in the order that the disorder makes of them', () => {
  const { queue } = queues();
  for (const body of ['a', 'b', 'c']) queue.send(body);
  queue.shuffle = (messages) => messages.toReversed();
  expect(bodies(queue.receive(2))).toEqual(['c', 'b']);
});
