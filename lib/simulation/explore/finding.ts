import type { PlannedFault } from '../faults/fault.ts';
import type { Violation } from '../world/evidence.ts';
import type { Order } from '../world/world.ts';

/** A run in which something was wrong, and all that is needed to run it again. */
export interface Finding {
  readonly orders: readonly Order[];
  readonly seed: number;
  readonly disorder: boolean;
  readonly faults: readonly PlannedFault[];
  readonly violations: readonly Violation[];
}

/** What was run, and what was found. */
export interface Exploration {
  /** Runs, each with faults of its own. */
  readonly schedules: number;
  readonly orders: number;
  readonly findings: readonly Finding[];
}

/** One of several parts of an exploration that are run side by side. */
export interface Slice {
  /** From 0. */
  readonly index: number;
  readonly of: number;
}

export const WHOLE: Slice = Object.freeze({ index: 0, of: 1 });
