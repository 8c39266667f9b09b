import type { BundleEntry } from '../../constructs/index.ts';
import { askFreshProcess } from './fresh-process.ts';

/** What stands in the project's folders, as plain data: what is bundled, what is declared, what is compiled. */
export interface Layout {
  readonly functions: readonly LaidOutFunction[];
  /** The files that atoms and workflows are declared in. */
  readonly declarations: readonly string[];
  readonly workflows: readonly LaidOutWorkflow[];
  /** Of their state machines. */
  readonly definitions: readonly Definition[];
}

/** A Lambda of the project. */
export interface LaidOutFunction {
  /** Its atom, or whatever else it is called by. */
  readonly name: string;
  /** As it is deployed. */
  readonly functionName: string;
  /** Whether it takes batches of a queue: an empty one makes it start, and do nothing. */
  readonly takesBatches: boolean;
  readonly entry: BundleEntry;
}

export interface LaidOutWorkflow {
  readonly name: string;
  readonly file: string;
  /** The Lambdas that it is made of, by name. */
  readonly functions: readonly string[];
}

export interface Definition {
  /** Of the state machine. */
  readonly machine: string;
  /** Of the workflow that it belongs to. */
  readonly workflow: string;
  /** In real time. */
  readonly content: { readonly [key: string]: unknown; readonly States?: Readonly<Record<string, unknown>> };
}

/**
 * Reads the project anew.
 * @param script answers with a Layout: bin/layout.ts
 * @throws Refused for what can't be declared so
 */
export const readLayout = (script: string, signal: AbortSignal): Promise<Layout> =>
  askFreshProcess<Layout>(script, null, signal);
