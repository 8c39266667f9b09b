import { setTimeout as sleep } from 'node:timers/promises';
import type { AppAccess } from '../access/index.ts';
import type {
  AccountLine,
  DemonstratedEnd,
  DemonstratedOrder,
  DemonstratedOutcome,
  Demonstration,
  Incident,
} from './demonstration.ts';
import { type FollowedOrder, follow } from './follow.ts';
import type { DemonstratedStep } from './steps.ts';

export interface DemonstrationOptions {
  readonly app: AppAccess;
  readonly demonstration: Demonstration;
  readonly orders: number;
  /** Told of all that happens, as it happens. */
  readonly onEvent: (event: DemonstrationEvent) => void;
  /** Whether to tell of steps under way; else only of ends. */
  readonly watched: boolean;
  /** How long one order may take. Two minutes when left out. */
  readonly patienceMs?: number;
  /** Ends it in the middle. */
  readonly signal?: AbortSignal;
}

/** An order with its number, from 1. */
export interface SentOrder {
  readonly number: number;
  readonly order: DemonstratedOrder;
}

/** Something that happens while orders run. */
export type DemonstrationEvent =
  | { readonly kind: 'sent'; readonly sent: SentOrder }
  | { readonly kind: 'steps'; readonly number: number; readonly steps: readonly DemonstratedStep[] }
  | { readonly kind: 'struck'; readonly number: number; readonly incident: Incident }
  | { readonly kind: 'ended'; readonly ended: EndedOrder }
  | { readonly kind: 'incident'; readonly incident: Incident }
  | { readonly kind: 'incident-over'; readonly incident: Incident };

/** An order that has come to its end. */
export interface EndedOrder extends DemonstratedOutcome, FollowedOrder {
  readonly number: number;
  /** Whether it ended as it should. */
  readonly right: boolean;
  /** What struck it beside its own fault. */
  readonly struckBy?: Incident;
  /** What it came to, in cents. */
  readonly worth?: number;
}

export interface DemonstrationResult {
  readonly orders: readonly EndedOrder[];
  readonly incidents: readonly Incident[];
  readonly account: readonly AccountLine[];
  /** Whether every order ended as it should, and the account adds up. */
  readonly right: boolean;
  /** From the first event to the first order that was fulfilled. */
  readonly firstFulfilledMs: number | undefined;
}

/** Milliseconds between two orders: so many as a machine with two cores deals with. */
const PACE = 400;

/**
 * Orders under way at a time: few until the first have ended, for each that finds no warm Lambda starts another process.
 * A slower machine is sent no more than it deals with: its time-outs are short here.
 */
const AT_ONCE = { first: 3, most: 12 };

/** Sends orders and follows each to its end. @throws DemonstrationStalled */
export async function runDemonstration(options: DemonstrationOptions): Promise<DemonstrationResult> {
  const { app, demonstration, signal } = options;
  const run = newRun();
  const incidents = (demonstration.incidents?.(options.orders) ?? []).map((incident) => new Course(incident, options));
  const began = performance.now();
  let firstFulfilledMs: number | undefined;
  const underWay = new Set<Promise<EndedOrder>>();
  const all: Promise<EndedOrder>[] = [];
  for (const [index, order] of demonstration.orders(options.orders, run).entries()) {
    if (index > 0) await sleep(PACE, undefined, signal ? { signal } : {});
    while (underWay.size >= Math.min(AT_ONCE.most, AT_ONCE.first + all.length - underWay.size)) {
      await Promise.race(underWay);
    }
    for (const course of incidents) course.begin(index);
    const ending = runOrder({ number: index + 1, order }, options, incidents).then((ended) => {
      underWay.delete(ending);
      if (ended.end === 'fulfilled') firstFulfilledMs ??= performance.now() - began;
      return ended;
    });
    // Its failure is told by those who wait for it, below.
    ending.catch(() => undefined);
    underWay.add(ending);
    all.push(ending);
  }
  const orders = await Promise.all(all);
  await Promise.all(incidents.map((course) => course.over()));
  const account = await demonstration.account(app, orders);
  return {
    orders,
    incidents: incidents.map(({ incident }) => incident),
    account,
    right: orders.every(({ right }) => right) && account.every(({ expected, found }) => expected === found),
    firstFulfilledMs,
  };
}

/** What tells the ids of one run from those of another. */
export const newRun = (): string => Date.now().toString(36).slice(-5);

async function runOrder(
  sent: SentOrder,
  options: Omit<DemonstrationOptions, 'orders'>,
  incidents: readonly Course[],
): Promise<EndedOrder> {
  const { app, demonstration, onEvent, watched, patienceMs = 120_000, signal } = options;
  const { number, order } = sent;
  onEvent({ kind: 'sent', sent });
  let struckBy: Incident | undefined;
  const onSteps = (steps: readonly DemonstratedStep[]): void => {
    onEvent({ kind: 'steps', number, steps });
    const incident = struckBy ? undefined : incidents.find((course) => course.strikes(steps))?.incident;
    if (!incident) return;
    struckBy = incident;
    onEvent({ kind: 'struck', number, incident });
  };
  const began = performance.now();
  const followed = await follow(order, {
    app,
    workflow: demonstration.workflow,
    patienceMs,
    ...(watched ? { onSteps } : {}),
    ...(signal ? { signal } : {}),
  });
  struckBy ??= incidents.find((course) => course.struck(followed.steps, began))?.incident;
  const worth = followed.end === 'fulfilled' ? demonstration.worth?.(followed.value) : undefined;
  const ended: EndedOrder = {
    ...followed,
    number,
    order,
    right: rightEnds(order, struckBy).includes(followed.end),
    ...(struckBy ? { struckBy } : {}),
    ...(worth === undefined ? {} : { worth }),
  };
  onEvent({ kind: 'ended', ended });
  return ended;
}

const rightEnds = ({ expected }: DemonstratedOrder, struckBy: Incident | undefined): readonly DemonstratedEnd[] => [
  ...expected,
  ...(struckBy?.ends ?? []),
];

/** Sends one more order and follows it, however long it takes. */
export const runOneOrder = (
  sent: SentOrder,
  options: Omit<DemonstrationOptions, 'orders' | 'patienceMs'>,
): Promise<EndedOrder> => runOrder(sent, { ...options, patienceMs: Number.POSITIVE_INFINITY }, []);

/** An incident as it takes its course. */
class Course {
  readonly incident: Incident;
  readonly #options: DemonstrationOptions;
  #running: Promise<void> | undefined;
  #began: number | undefined;
  #ended: number | undefined;

  constructor(incident: Incident, options: DemonstrationOptions) {
    this.incident = incident;
    this.#options = options;
  }

  /** Begins once so many orders have been sent; once. */
  begin(sent: number): void {
    if (this.#running || sent < this.incident.afterOrders) return;
    this.#running = this.#run();
    // Its failure is told by `over`.
    this.#running.catch(() => undefined);
  }

  async over(): Promise<void> {
    await this.#running;
  }

  /** Whether it strikes an order that has come so far. */
  strikes(steps: readonly DemonstratedStep[]): boolean {
    return this.#began !== undefined && this.#ended === undefined && this.#isTrouble(steps);
  }

  /** Whether it struck an order that was under way from then until now. */
  struck(steps: readonly DemonstratedStep[], from: number): boolean {
    return this.#began !== undefined && (this.#ended ?? Number.POSITIVE_INFINITY) > from && this.#isTrouble(steps);
  }

  #isTrouble(steps: readonly DemonstratedStep[]): boolean {
    return steps.some(({ name, attempts, failed }) => name === this.incident.step && (attempts > 1 || failed));
  }

  async #run(): Promise<void> {
    const { app, onEvent, signal } = this.#options;
    const { fault, story, milliseconds } = this.incident;
    await app.sandbox.setFault(fault, story);
    this.#began = performance.now();
    onEvent({ kind: 'incident', incident: this.incident });
    await sleep(milliseconds, undefined, signal ? { signal } : {});
    await app.sandbox.removeFault(fault.provider, story);
    this.#ended = performance.now();
    onEvent({ kind: 'incident-over', incident: this.incident });
  }
}
