import { setTimeout as sleep } from 'node:timers/promises';
import type { AppAccess, ExecutionState } from '../access/index.ts';
import type {
  AccountLine,
  DemonstratedEnd,
  DemonstratedOrder,
  DemonstratedOutcome,
  Demonstration,
} from './demonstration.ts';

export interface DemonstrationOptions {
  readonly app: AppAccess;
  readonly demonstration: Demonstration;
  readonly orders: number;
  /** Told of each order as it ends. */
  readonly onOrder: (ended: EndedOrder) => void;
  /** How long one order may take. 60 s when left out. */
  readonly patienceMs?: number;
}

/** An order that has come to its end. */
export interface EndedOrder extends DemonstratedOutcome {
  /** The states that it went through. */
  readonly steps: readonly DemonstratedStep[];
  readonly milliseconds: number;
  readonly expected: boolean;
  /** Why it failed, in the words of the step that did. */
  readonly reason?: string;
}

export interface DemonstratedStep {
  readonly name: string;
  readonly kind: 'step' | 'settle' | 'undo';
  readonly attempts: number;
  readonly failed: boolean;
}

export interface DemonstrationResult {
  readonly orders: readonly EndedOrder[];
  readonly account: readonly AccountLine[];
  /** Whether every order ended as it should, and the account adds up. */
  readonly right: boolean;
  /** From the first event to the first order that was fulfilled. */
  readonly firstFulfilledMs: number | undefined;
}

/** An order did not come to its end in time. */
export class DemonstrationStalled extends Error {
  override readonly name = 'DemonstrationStalled';
}

/** Milliseconds between two orders. */
const PACE = 100;
const LOOK = 150;

/** Sends orders and follows each to its end. @throws DemonstrationStalled */
export async function runDemonstration(options: DemonstrationOptions): Promise<DemonstrationResult> {
  const { app, demonstration } = options;
  const run = Date.now().toString(36).slice(-5);
  const orders = demonstration.orders(options.orders, run);
  const started = performance.now();
  let firstFulfilledMs: number | undefined;
  const ended = await Promise.all(
    orders.map(async (order, index) => {
      await sleep(index * PACE);
      const result = await follow(options, order);
      if (result.end === 'fulfilled') firstFulfilledMs ??= performance.now() - started;
      options.onOrder(result);
      return result;
    }),
  );
  const account = await demonstration.account(app, ended);
  const right = ended.every(({ expected }) => expected) && account.every(({ expected, found }) => expected === found);
  return { orders: ended, account, right, firstFulfilledMs };
}

async function follow(
  { app, demonstration, patienceMs = 60_000 }: DemonstrationOptions,
  order: DemonstratedOrder,
): Promise<EndedOrder> {
  const { workflow } = demonstration;
  const begun = performance.now();
  if (order.fault) await app.sandbox.setFault(order.fault, order.orderId);
  for (let time = 0; time < order.sent; time += 1) await app.publish(order.event);
  for (;;) {
    const spent = performance.now() - begun;
    const state = await app.execution(workflow, order.event.id);
    if (state && state.status !== 'RUNNING') {
      const end = endOf(state);
      const visits = await app.journey(workflow, order.event.id);
      const steps = visits.filter(({ attempts, state: name }) => attempts > 0 && !name.startsWith('park')).map(stepOf);
      return {
        order,
        end,
        steps,
        milliseconds: spent,
        expected: isRight(order, end),
        ...returnedBy(state),
        ...reasonOf(state),
      };
    }
    if (!state && isRight(order, 'rejected') && (await isRejected(app, workflow, order))) {
      return { order, end: 'rejected', steps: [], milliseconds: spent, expected: true };
    }
    if (spent > patienceMs) {
      throw new DemonstrationStalled(
        `Order ${order.orderId} (${order.story ?? 'an ordinary one'}) is ${state?.status ?? 'not started'} after ${Math.round(spent / 1_000)} s. Its execution is ${order.event.id}.`,
      );
    }
    await sleep(LOOK);
  }
}

const isRight = ({ expected }: DemonstratedOrder, end: DemonstratedEnd): boolean => [expected].flat().includes(end);

async function isRejected(app: AppAccess, workflow: string, { event }: DemonstratedOrder): Promise<boolean> {
  return (await app.peek(`rejected-${workflow}`)).some(({ Body = '' }) => Body.includes(JSON.stringify(event.id)));
}

function endOf({ status, output }: ExecutionState): DemonstratedEnd {
  if (status !== 'SUCCEEDED') return 'failed';
  return (output as { status?: string } | undefined)?.status === 'declined' ? 'declined' : 'fulfilled';
}

/** The error and its message, as the machine's last state tells them. */
function reasonOf({ error, cause = '{}' }: ExecutionState): { reason?: string } {
  if (!error) return {};
  try {
    const { step, Cause = '{}' } = JSON.parse(cause) as { step?: string; Cause?: string };
    const { message = Cause } = JSON.parse(Cause) as { message?: string };
    return { reason: `${step ?? ''}: ${error}: ${message}` };
  } catch {
    return { reason: `${error}: ${cause.slice(0, 300)}` };
  }
}

const returnedBy = ({ output }: ExecutionState): { value?: unknown } => {
  const value = (output as { value?: unknown } | undefined)?.value;
  return value === undefined ? {} : { value };
};

function stepOf({ state, attempts, error }: { state: string; attempts: number; error?: string }): DemonstratedStep {
  const [, verb, step] = /^(?:(undo|settle)-)?(.+)$/.exec(state) ?? [];
  return {
    name: step ?? state,
    kind: (verb as 'undo' | 'settle' | undefined) ?? 'step',
    attempts,
    failed: error !== undefined,
  };
}
