import { setTimeout as sleep } from 'node:timers/promises';
import { reserveInventory } from '../../../lambdas/orders/reserve-inventory/contract.ts';
import { majorId, stepTimes } from '../../../lib/contract/index.ts';
import { draws } from '../../faults/index.ts';
import { type Harness, type PlacedOrder, WORKFLOW } from '../../integration/harness.ts';
import { type EmulatedEnd, endOf } from '../emulated/ending.ts';
import { ledgersByExecution, wrongWith } from '../emulated/judge.ts';
import { sideBySide } from '../emulated/side-by-side.ts';
import type { Progress } from '../finding.ts';
import { drained, longestHidden } from './queues.ts';
import { type Story, stories } from './stories.ts';

/** An order that was started, and what it is. */
interface Started {
  readonly order: PlacedOrder;
  readonly story: Story;
  end?: EmulatedEnd;
}

/** What became of all the orders. */
export interface Outcome {
  readonly orders: readonly Required<Started>[];
  /** A sentence each. */
  readonly wrong: readonly string[];
  /** Most orders that were under way at one time. */
  readonly inFlight: number;
  readonly seconds: number;
}

/** Orders at the door at a time: each calls functions directly, which is a process each. */
const AT_THE_DOOR = 8;

export interface RunSettings {
  readonly count: number;
  readonly seed: number;
  readonly timeScale: number;
  /** Whether to wait for messages whose workers were killed, until their visibility is over. */
  readonly patient: boolean;
  /** Whether to hold the first queue until all have come in, so that all are in flight at one time. */
  readonly together: boolean;
  /** Ends the faults, once every order has come to its end. */
  readonly onEnded: () => void;
  readonly progress: Progress;
}

/** Starts orders on all paths, waits for every one and for the last message, and judges them. */
export async function runOrders(harness: Harness, settings: RunSettings): Promise<Outcome> {
  const { count, seed, timeScale, patient, together, progress } = settings;
  const begun = performance.now();
  const started: Started[] = [];
  const starting = together
    ? startTogether(harness, stories(count, draws(seed)), settings, started)
    : start(harness, stories(count, draws(seed)), seed, started);
  const inFlight = await follow(harness, started, count, progress);
  await starting;
  settings.onEnded();
  progress('waiting for the last messages');
  const left = await drained(harness, patient ? longestHidden(timeScale) : 0, progress);
  const orders = started as Required<Started>[];
  const wrong = [...left, ...(await judge(harness, orders))];
  return { orders, wrong, inFlight, seconds: (performance.now() - begun) / 1_000 };
}

/** As `start`, before the held queue of the first step; it is opened while attempts are left, whoever is still missing. */
async function startTogether(
  harness: Harness,
  all: readonly Story[],
  { seed, timeScale, progress }: RunSettings,
  started: Started[],
): Promise<void> {
  const queue = await harness.hold(majorId(reserveInventory));
  const longest = TASKS_HELD * stepTimes(reserveInventory, timeScale).task.milliseconds;
  const starting = start(harness, all, seed, started);
  try {
    await Promise.race([starting, sleep(longest)]);
    progress(`the queue is opened: ${started.length} orders have come in`);
  } finally {
    await queue.release();
  }
  await starting;
}

/** Of the four attempts of a step, so many may be lost to waiting. */
const TASKS_HELD = 2;

/** One after another is let in, as soon as one before it has got as far as the first queue. */
async function start(harness: Harness, all: readonly Story[], run: number, started: Started[]): Promise<void> {
  await sideBySide(all, AT_THE_DOOR, async (story, index) => {
    const order = await harness.order(`kill-${run}-${index}`, story.change, story.available);
    if (story.fault) await harness.app.sandbox.setFault({ ...story.fault, orderId: order.orderId });
    for (let event = 0; event < (story.events ?? 1); event += 1) await harness.send(order);
    started.push({ order, story });
    await harness.eventually(() => isIn(harness, order), `${order.eventId} to be let in`, 120);
  });
}

async function isIn(harness: Harness, { eventId }: PlacedOrder): Promise<true | undefined> {
  const [records, state, waiting] = await Promise.all([
    harness.app.records(WORKFLOW, eventId),
    harness.app.execution(WORKFLOW, eventId),
    harness.messages(majorId(reserveInventory)),
  ]);
  const isWaiting = waiting.some(({ Body }) => Body.includes(eventId));
  return isWaiting || records.has('stock') || (state && state.status !== 'RUNNING') || undefined;
}

/** Follows orders to their ends. @returns the most that were under way at a time */
async function follow(harness: Harness, started: readonly Started[], count: number, progress: Progress) {
  const limit = Date.now() + LIMIT_MINUTES * 60_000;
  let most = 0;
  let told = '';
  for (;;) {
    const under = started.filter(({ end }) => !end || end.kind === 'unfinished');
    await sideBySide(under, AT_THE_DOOR, async (each) => {
      each.end = await endOf(harness, each.order);
    });
    const pending = started.filter(({ end }) => end?.kind === 'unfinished').length;
    most = Math.max(most, pending);
    const standing = `${started.length} of ${count} orders started, ${pending} under way`;
    if (standing !== told) progress(standing);
    told = standing;
    if ((started.length === count && pending === 0) || Date.now() > limit) return most;
    await sleep(1_000);
  }
}

/** Longer than an order can take that is retried as long as everything allows, at the scales that are used here. */
const LIMIT_MINUTES = 12;

async function judge(harness: Harness, orders: readonly Required<Started>[]): Promise<readonly string[]> {
  const [accounts, ledgers] = await Promise.all([harness.app.sandbox.account(), ledgersByExecution(harness)]);
  const found = await sideBySide(orders, AT_THE_DOOR, async ({ order, story, end }) => [
    ...(await wrongWith(harness, order, end, accounts, ledgers)),
    ...strayed(order, story, end),
  ]);
  return found.flat();
}

/** Kills may leave an order no attempt, so that it fails as compensated; nothing else may become of it than its story. */
function strayed({ orderId }: PlacedOrder, story: Story, end: EmulatedEnd): readonly string[] {
  const asTold = end.kind === story.end.kind && end.detail === story.end.detail;
  if (asTold || end.detail.startsWith('Compensated.')) return [];
  return [`${orderId} (${story.name}) ${end.kind} ${end.detail}.`];
}
