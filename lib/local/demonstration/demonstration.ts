import type { FaultDefinition } from '../../sandbox/index.ts';
import type { AppAccess, OutgoingEvent } from '../access/index.ts';

/** How an order of a demonstration ends. */
export type DemonstratedEnd = 'fulfilled' | 'declined' | 'failed' | 'rejected';

/** One order, and what is special about it. */
export interface DemonstratedOrder {
  readonly orderId: string;
  readonly event: OutgoingEvent;
  /** How often its event is sent. */
  readonly sent: number;
  /** For people: what is special about it. Left out, it is an ordinary one. */
  readonly story?: string;
  /** The end that is right for it, or the ends. */
  readonly expected: DemonstratedEnd | readonly DemonstratedEnd[];
  /** What the outside does wrong for it. */
  readonly fault?: FaultDefinition;
}

/** What an order came to. */
export interface DemonstratedOutcome {
  readonly order: DemonstratedOrder;
  readonly end: DemonstratedEnd;
  /** The value that its workflow returned. */
  readonly value?: unknown;
}

/** Two figures from different books that must be equal. */
export interface AccountLine {
  readonly name: string;
  readonly expected: number;
  readonly found: number;
  /** `cents` are shown as money. */
  readonly unit: 'cents' | 'count';
}

/** What `npm start` shows of a workflow. Stands beside it in `demonstration.ts`, and is found there. */
export interface Demonstration {
  readonly workflow: string;
  /** Puts into the tables what the orders need. */
  seed(app: AppAccess): Promise<void>;
  /** @param run makes ids differ from those of other runs */
  orders(count: number, run: string): readonly DemonstratedOrder[];
  /** Whether it adds up: what the outside's own books say against what the workflows returned. */
  account(app: AppAccess, outcomes: readonly DemonstratedOutcome[]): Promise<readonly AccountLine[]>;
}
