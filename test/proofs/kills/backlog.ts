import { setTimeout as sleep } from 'node:timers/promises';
import { chargePayment } from '../../../lambdas/orders/charge-payment/contract.ts';
import { majorId, stepTimes } from '../../../lib/contract/index.ts';
import type { Harness, PlacedOrder } from '../../integration/harness.ts';
import { type EmulatedEnd, endOf } from '../emulated/ending.ts';
import { ledgersByExecution, wrongWith } from '../emulated/judge.ts';
import { sideBySide } from '../emulated/side-by-side.ts';
import type { Progress } from '../finding.ts';
import { drained, longestHidden } from './queues.ts';

export interface Drained {
  readonly ends: readonly EmulatedEnd[];
  /** Requests to the payment provider to charge, those that were refused included. */
  readonly calls: number;
  /** Messages that waited when the queue was opened: of each order one for every attempt. */
  readonly waiting: number;
  readonly heldSeconds: number;
  /** From the opening of the queue to the end of the last order. */
  readonly seconds: number;
  readonly wrong: readonly string[];
}

const AT_THE_DOOR = 8;

/** Holds the payment queue for twice the time-out of an attempt while orders come in, and lets it drain. */
export async function drainBacklog(
  harness: Harness,
  { count, timeScale, progress }: { count: number; timeScale: number; progress: Progress },
): Promise<Drained> {
  const name = majorId(chargePayment);
  const queue = await harness.hold(name);
  let opened = false;
  try {
    const orders = await sideBySide(Array.from({ length: count }), AT_THE_DOOR, async (_, index) => {
      const order = await harness.place(`backlog-${index}`);
      const isWaiting = async () => (await harness.messages(name)).some(({ Body }) => Body.includes(order.eventId));
      await harness.eventually(async () => (await isWaiting()) || undefined, `${order.eventId} to wait`, 120);
      return order;
    });
    const heldSeconds = (2 * stepTimes(chargePayment, timeScale).task.milliseconds) / 1_000;
    progress(`${count} orders wait ${heldSeconds} s for the payment queue`);
    await sleep(heldSeconds * 1_000);
    const waiting = (await harness.messages(name)).length;
    await queue.release();
    opened = true;
    const begun = performance.now();
    const ends = await sideBySide(orders, AT_THE_DOOR, async (order) => ended(harness, order));
    const seconds = (performance.now() - begun) / 1_000;
    // No order waits for its mail, and what is being sent is hidden.
    const isOwn = (body: string): boolean => orders.some(({ eventId }) => body.includes(eventId));
    const left = await drained(harness, longestHidden(timeScale), progress, isOwn);
    const { calls, wrong } = await judged(harness, orders, ends);
    return { ends, calls, waiting, heldSeconds, seconds, wrong: [...left, ...wrong] };
  } finally {
    if (!opened) await queue.release();
  }
}

async function ended(harness: Harness, order: PlacedOrder): Promise<EmulatedEnd> {
  await harness.ended(order, 600);
  return endOf(harness, order);
}

async function judged(
  harness: Harness,
  orders: readonly PlacedOrder[],
  ends: readonly EmulatedEnd[],
): Promise<Pick<Drained, 'calls' | 'wrong'>> {
  const [accounts, ledgers, charges] = await Promise.all([
    harness.app.sandbox.account(),
    ledgersByExecution(harness),
    harness.app.sandbox.readLedger('payments'),
  ]);
  const own = new Set(orders.map(({ orderId }) => orderId));
  const calls = charges.filter(({ kind, orderId = '' }) => kind === 'charge' && own.has(orderId));
  const wrong = await sideBySide(orders, AT_THE_DOOR, (order, index) =>
    wrongWith(harness, order, ends[index] as EmulatedEnd, accounts, ledgers),
  );
  return { calls: calls.reduce((sum, entry) => sum + entry.calls, 0), wrong: wrong.flat() };
}
