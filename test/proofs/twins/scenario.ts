import type { FaultDefinition } from '../../../lib/sandbox/index.ts';
import type { PlannedFault } from '../../../lib/simulation/index.ts';
import type { Action } from '../../faults/index.ts';
import type { Field } from './outcome.ts';

/** Something that goes wrong on the emulator with one order. */
export type EmulatedFault =
  /** At a call of one of the atoms' workers. */
  | {
      readonly kind: 'call';
      readonly function: string;
      readonly operation: string | RegExp;
      /** By what the call is known as the order's: its execution's name, or its amount where that is not in it. */
      readonly by: 'execution' | 'order' | 'amount';
      /** From which of the order's calls on, the first when left out. */
      readonly nth?: number;
      /** How many of them. One when left out. */
      readonly times?: number;
      readonly action: Action;
    }
  /** At the provider. */
  | { readonly kind: 'provider'; readonly fault: FaultDefinition }
  /** With the message of a step. */
  | {
      readonly kind: 'message';
      readonly queue: string;
      /** Delivered at the same time, again later, after its attempt is stale, or not at all. */
      readonly how: 'twice' | 'again' | 'held' | 'dead';
    }
  /** A person stops the execution when a worker makes this call. */
  | { readonly kind: 'stop'; readonly function: string; readonly operation: string };

/** An order, and what goes wrong with it in both worlds. */
export interface Scenario {
  readonly name: string;
  readonly change?: Readonly<Record<string, unknown>>;
  /** How many of its product there are. Ten when left out. */
  readonly available?: number;
  readonly simulated: readonly PlannedFault[];
  readonly emulated: readonly EmulatedFault[];
  /** What is not compared, and why both may be right. */
  readonly leaveOut?: Partial<Record<Field, string>>;
}
