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
  /** For people: what is special about it, in at most 17 characters. Left out, it is an ordinary one. */
  readonly story?: string;
  /** The ends that are right for it, unless an incident strikes it. */
  readonly expected: readonly DemonstratedEnd[];
  /** What the outside does wrong for it. */
  readonly fault?: FaultDefinition;
}

/** Something that goes wrong for a while, in the middle of the orders. */
export interface Incident {
  /** For people: `payments down`, in at most 17 characters. */
  readonly story: string;
  readonly fault: FaultDefinition;
  /** Begins once so many orders were sent. */
  readonly afterOrders: number;
  readonly milliseconds: number;
  /** The step that it strikes: an order for which it had to be tried again meanwhile, or failed, was struck. */
  readonly step: string;
  /** How an order that it struck may end beside its own ends. */
  readonly ends: readonly DemonstratedEnd[];
}

/** Something of the outside that somebody may break, and mend again. */
export interface Breakage {
  /** For people, as it stands after "breaks": `the payment provider`. */
  readonly what: string;
  readonly fault: FaultDefinition;
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
  /** What `found` is the sum of, for people. Left out, it is a figure by itself. */
  readonly parts?: readonly { readonly name: string; readonly amount: number }[];
}

/** What `npm start` shows of a workflow. Stands beside it in `demonstration.ts`, and is found there. */
export interface Demonstration {
  readonly workflow: string;
  /** Puts into the tables what the orders need. */
  seed(app: AppAccess): Promise<void>;
  /**
   * The first of them is an ordinary one, which `breakwater order` takes for its sample.
   * @param run makes ids differ from those of other runs
   */
  orders(count: number, run: string): readonly DemonstratedOrder[];
  /** What goes wrong among so many orders. Left out, nothing but what an order's own fault does. */
  incidents?(count: number): readonly Incident[];
  /** What can be broken by hand, to watch. Left out, nothing. */
  readonly breakage?: Breakage;
  /** What a fulfilled order came to, in cents. Left out, nothing is said of it. */
  worth?(value: unknown): number | undefined;
  /** Whether it adds up: what the outside's own books say against what the workflows returned. */
  account(app: AppAccess, outcomes: readonly DemonstratedOutcome[]): Promise<readonly AccountLine[]>;
}
