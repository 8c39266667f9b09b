import { setTimeout as sleep } from 'node:timers/promises';
import { isCalledDirectly, majorId, stepTimes } from '../../../lib/contract/index.ts';
import { fulfilOrder } from '../../../state-machines/orders/fulfil-order/workflow.ts';
import { draws } from '../../faults/index.ts';
import { type Harness, type PlacedOrder, WORKFLOW } from '../../integration/harness.ts';
import { type EmulatedEnd, endOf } from '../emulated/ending.ts';
import { ledgersByExecution, wrongWith } from '../emulated/judge.ts';
import { sideBySide } from '../emulated/side-by-side.ts';
import type { Progress } from '../finding.ts';
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

const queued = [...fulfilOrder.contracts.values()].filter((contract) => !isCalledDirectly(contract));

export interface RunSettings {
  readonly count: number;
  readonly seed: number;
  readonly timeScale: number;
  /** Whether to wait for messages whose workers were killed, until their visibility is over. */
  readonly patient: boolean;
  /** Ends the faults, once every order has come to its end. */
  readonly onEnded: () => void;
  readonly progress: Progress;
}

/** Starts orders on all paths, waits for every one and for the last message, and judges them. */
export async function runOrders(harness: Harness, settings: RunSettings): Promise<Outcome> {
  const { count, seed, timeScale, patient, progress } = settings;
  const begun = performance.now();
  const started: Started[] = [];
  const starting = start(harness, stories(count, draws(seed)), seed, started);
  const inFlight = await follow(harness, started, count, progress);
  await starting;
  settings.onEnded();
  progress('waiting for the last messages');
  const left = await drained(harness, patient ? longestHidden(timeScale) : 0, progress);
  const orders = started as Required<Started>[];
  const wrong = [...left, ...(await judge(harness, orders))];
  return { orders, wrong, inFlight, seconds: (performance.now() - begun) / 1_000 };
}

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
  const [records, state] = await Promise.all([
    harness.app.records(WORKFLOW, eventId),
    harness.app.execution(WORKFLOW, eventId),
  ]);
  return records.has('stock') || (state && state.status !== 'RUNNING') || undefined;
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

/** Milliseconds that a message is hidden at most when its worker was killed, and some for the deliveries that follow. */
const longestHidden = (timeScale: number): number =>
  Math.max(...queued.map((contract) => stepTimes(contract, timeScale).visibility.milliseconds)) + 60_000;

/** Messages that can be received and that nobody has dealt with after so long, a sentence each queue. */
async function drained(harness: Harness, milliseconds: number, progress: Progress): Promise<readonly string[]> {
  const until = Date.now() + Math.max(milliseconds, SOON_MS);
  for (;;) {
    const lying = await Promise.all(
      queued.map(async (contract) => [majorId(contract), await harness.messages(majorId(contract))] as const),
    );
    const counted = milliseconds > 0 ? lying : lying.map(([queue, all]) => [queue, all.filter(isVisible)] as const);
    const left = counted.filter(([, messages]) => messages.length > 0);
    if (left.length === 0 || Date.now() > until) {
      return left.map(([queue, { length }]) => `${length} messages are left in ${queue}.`);
    }
    progress(`${left.flatMap(([, messages]) => messages).length} messages are not dealt with yet`);
    await sleep(2_000);
  }
}

/** What can be received is received within this time. */
const SOON_MS = 15_000;

const isVisible = ({ IsVisible }: { readonly IsVisible: boolean }): boolean => IsVisible;

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
