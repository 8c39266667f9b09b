import type { Item } from '../dynamodb/item.ts';
import type { FaultKind, PlannedFault, Point } from '../faults/fault.ts';
import type { Execution } from '../step-functions/execution.ts';

/** Runs begin here, in epoch milliseconds, so that times in stories are easy to read. */
export const BEGINNING = Date.UTC(2030, 0, 1, 9);

/** Something that an atom did outside itself. */
export interface Effect {
  /** The execution's name. */
  readonly order: string;
  readonly step: string;
  /** Whether it is the compensation of the step. */
  readonly undo: boolean;
  readonly by: 'transaction' | 'provider' | 'mail';
  /** The provider that did it, and the key under which it was asked. */
  readonly provider?: string;
  readonly key?: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** An order: what it was started with, and its executions. */
export interface SimulatedOrder {
  /** The execution's name. */
  readonly id: string;
  readonly input: unknown;
  readonly execution: Execution;
  /** The undo machine's execution, where there was one. */
  readonly undo: Execution | undefined;
}

/** Something that happened, for a story. */
export interface Moment {
  /** Milliseconds since the run began. */
  readonly at: number;
  /** Who asked. */
  readonly from: string;
  /** Whom. */
  readonly to: string;
  /** The step of an order, or the order: `order/payment`. */
  readonly about: string;
  readonly what: string;
  /** What went wrong there. */
  readonly fault: FaultKind | undefined;
}

/** What there is to see of a run. */
export interface Evidence {
  readonly workflow: string;
  readonly orders: readonly SimulatedOrder[];
  readonly effects: readonly Effect[];
  /** What the tables hold, by their names; the steps' records are in `records`. */
  readonly tables: Readonly<Record<string, readonly Item[]>>;
  readonly records: readonly Item[];
  readonly events: readonly { readonly type: string; readonly detail: unknown }[];
  readonly mails: readonly unknown[];
  /** Messages that nobody has dealt with, by their queues. */
  readonly left: Readonly<Record<string, number>>;
  /** What was seen to be wrong while it ran. */
  readonly violations: readonly Violation[];
  readonly points: readonly Point[];
  readonly struck: readonly PlannedFault[];
  /** Kept only if a story is wanted. */
  readonly moments: readonly Moment[];
  /** Milliseconds of virtual time. */
  readonly milliseconds: number;
}

/** Looked at while a run goes on: by what a provider compares requests with. */
export const ASKS_THE_SAME = 'the provider is asked for the same in every attempt';

/** Something that must never be. */
export interface Violation {
  /** The invariant's name. */
  readonly invariant: string;
  readonly what: string;
}
