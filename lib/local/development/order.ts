import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DemonstratedEnd } from '../demonstration/index.ts';
import type { Target } from '../target.ts';
import { askFreshProcess } from './fresh-process.ts';
import type { LaidOutWorkflow } from './layout.ts';

/** What became of an order. */
export interface PlacedOrder {
  /** Of its event, and of its execution. */
  readonly id: string;
  readonly end: DemonstratedEnd;
  /** Whether it ended as it should. */
  readonly right: boolean;
  /** What its workflow returned, if it did. */
  readonly value?: unknown;
  /** Of the order, from its event to its end. */
  readonly milliseconds: number;
  /** For people. */
  readonly line: string;
}

/** What a process is given to place one order. */
export interface OrderQuestion {
  /** A demonstration.ts. */
  readonly demonstration: string;
  readonly target: Pick<Target, 'kind' | 'endpoint' | 'settings'>;
}

const PROCESS = join(import.meta.dirname, 'order-process.ts');

/** The demonstration.ts beside a workflow, if there is one. */
export function demonstrationOf({ file }: LaidOutWorkflow): string | undefined {
  const demonstration = join(dirname(file), 'demonstration.ts');
  return existsSync(demonstration) ? demonstration : undefined;
}

/**
 * Runs a demonstration's first order, an ordinary one, through the app.
 * @throws Refused when it did not come to its end
 */
export function placeOrder(demonstration: string, target: Target, signal: AbortSignal): Promise<PlacedOrder> {
  const { kind, settings, endpoint } = target;
  const question: OrderQuestion = { demonstration, target: { kind, settings, ...(endpoint ? { endpoint } : {}) } };
  return askFreshProcess<PlacedOrder>(PROCESS, question, signal);
}
