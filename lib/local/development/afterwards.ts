import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../target.ts';
import { Refused } from './errors.ts';
import type { Tell } from './events.ts';
import type { LaidOutWorkflow } from './layout.ts';
import { demonstrationOf, placeOrder } from './order.ts';
import { runTests } from './tests.ts';
import { checkTypes } from './types.ts';

/** What a round leaves to be done. */
export interface Afterwards {
  /** The workflows to run an order through. */
  readonly orders: readonly LaidOutWorkflow[];
  /** Test files to run. */
  readonly tests: readonly string[];
}

export interface AfterwardsOptions {
  readonly root: string;
  readonly target: Target;
  readonly tell: Tell;
  /** Ends it: the next save does not wait. */
  readonly signal: AbortSignal;
}

/**
 * Does what a round leaves, one after the other: orders, tests, and the types of the whole project.
 * @returns what is left when it was ended before it was done
 */
export async function seeAfterwards(
  { orders, tests }: Afterwards,
  { root, target, tell, signal }: AfterwardsOptions,
): Promise<Afterwards> {
  const left = { orders: [...orders], tests: [...tests] };
  try {
    for (const workflow of orders) {
      const demonstration = demonstrationOf(workflow);
      if (demonstration) tell({ event: 'order', ...(await placeOrder(demonstration, target, signal)) });
      left.orders.shift();
    }
    const files = tests.filter((file) => existsSync(join(root, file)));
    if (files.length > 0) tell({ event: 'tested', ...(await runTests(root, files, signal)) });
    left.tests = [];
    const mistakes = await checkTypes({ root, signal });
    if (mistakes.length > 0) tell({ event: 'mistakes', mistakes });
  } catch (error) {
    if (signal.aborted) return left;
    if (!(error instanceof Refused)) throw error;
    tell({ event: 'failed', reason: error.message });
  }
  return { orders: [], tests: [] };
}
