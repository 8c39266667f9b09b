import { setTimeout as sleep } from 'node:timers/promises';
import type { AppAccess, ExecutionState } from '../access/index.ts';
import type { DemonstratedEnd, DemonstratedOrder } from './demonstration.ts';
import { type DemonstratedStep, stepsOf } from './steps.ts';

/** How an order is sent and watched. */
export interface FollowOptions {
  readonly app: AppAccess;
  readonly workflow: string;
  /** Told of its steps each time it is looked at. Left out, only its end is looked for. */
  readonly onSteps?: (steps: readonly DemonstratedStep[]) => void;
  /** How long it may take. Left out, as long as it does. */
  readonly patienceMs?: number;
  /** Ends the watching; the order goes on. */
  readonly signal?: AbortSignal;
}

/** How an order ended. */
export interface FollowedOrder {
  readonly end: DemonstratedEnd;
  /** The steps that it went through, in its order. */
  readonly steps: readonly DemonstratedStep[];
  readonly milliseconds: number;
  /** The value that its workflow returned. */
  readonly value?: unknown;
  /** Why it was not fulfilled: `payment: CardDeclined`. */
  readonly reason?: string;
}

/** An order did not come to its end in time. */
export class DemonstrationStalled extends Error {
  override readonly name = 'DemonstrationStalled';
}

/** Milliseconds between two looks at an order: each costs the emulator some, and orders are many. */
const LOOK = 300;

/** An event for which nothing has started after this long may have been rejected. Before, only if that is expected. */
const REJECTED_AFTER = 2_000;

/** Every so many looks an execution is asked how it is, whatever its history says: somebody may have stopped it. */
const ASKED_EVERY = 5;

/**
 * Sends an order's event, as often as it says, and follows the order to its end.
 * @throws DemonstrationStalled
 */
export async function follow(order: DemonstratedOrder, options: FollowOptions): Promise<FollowedOrder> {
  const { app, workflow, signal, patienceMs = Number.POSITIVE_INFINITY } = options;
  const { event } = order;
  const began = performance.now();
  if (order.fault) await app.sandbox.setFault(order.fault, order.orderId);
  for (let time = 0; time < order.sent; time += 1) await app.publish(event);
  let steps: readonly DemonstratedStep[] = [];
  let state: ExecutionState | undefined;
  for (let look = 0; ; look += 1) {
    const milliseconds = performance.now() - began;
    if (!options.onSteps || look % ASKED_EVERY === 0 || !isAtWork(steps))
      state = await app.execution(workflow, event.id);
    if (state) steps = options.onSteps || isOver(state) ? await readSteps(options, event.id) : steps;
    options.onSteps?.(steps);
    if (state && isOver(state)) return { ...endOf(state), steps, milliseconds };
    if (!state && (order.expected.includes('rejected') || milliseconds > REJECTED_AFTER)) {
      const reason = await rejectionOf(app, workflow, event.id);
      if (reason !== undefined) return { end: 'rejected', steps, milliseconds, reason };
    }
    if (milliseconds > patienceMs) {
      throw new DemonstrationStalled(
        `Order ${order.orderId} (${order.story ?? 'an ordinary one'}) is ${state?.status ?? 'not started'} after ${Math.round(milliseconds / 1_000)} s. Its execution is ${event.id}.`,
      );
    }
    await sleep(LOOK, undefined, signal ? { signal } : {});
  }
}

const readSteps = async ({ app, workflow }: FollowOptions, name: string): Promise<readonly DemonstratedStep[]> =>
  stepsOf(await app.journey(workflow, name));

/** Then its end need not be asked for: it comes after the step's. */
const isAtWork = (steps: readonly DemonstratedStep[]): boolean => steps.at(-1)?.underWay === true;

const isOver = ({ status }: ExecutionState): boolean => status !== 'RUNNING';

/** Why an event was rejected; undefined when it was not, or not yet. */
async function rejectionOf(app: AppAccess, workflow: string, eventId: string): Promise<string | undefined> {
  const rejected = await app.peek(`rejected-${workflow}`);
  const message = rejected.find(({ Body = '' }) => Body.includes(JSON.stringify(eventId)));
  return message && (message.MessageAttributes?.reason?.StringValue ?? 'no reason given');
}

function endOf(state: ExecutionState): Pick<FollowedOrder, 'end' | 'value' | 'reason'> {
  if (state.status !== 'SUCCEEDED') return { end: 'failed', reason: failureOf(state) };
  const { status, value, failure } = (state.output ?? {}) as {
    status?: string;
    value?: unknown;
    failure?: { step: string; name: string };
  };
  if (status !== 'declined') return { end: 'fulfilled', ...(value === undefined ? {} : { value }) };
  return { end: 'declined', reason: `${failure?.step}: ${failure?.name}` };
}

/** The error and its message, as the machine's last state tells them. */
function failureOf({ status, error = status, cause = '' }: ExecutionState): string {
  const { step, Cause = cause } = objectIn(cause) as { readonly step?: string; readonly Cause?: string };
  const { message = Cause } = objectIn(Cause) as { readonly message?: string };
  return `${step ? `${step}: ` : ''}${error}: ${message.slice(0, 300)}`;
}

/** An empty one where the text is none: a cause may be anything. */
function objectIn(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? value : {};
  } catch {
    return {};
  }
}
