import type { Change } from './change.ts';

/** What would be written, and what to do then. */
export interface Scaffold {
  readonly changes: readonly Change[];
  /** What is added to files that stand there, for people, by path: `the table seats`. */
  readonly added: Readonly<Record<string, string>>;
  readonly next: readonly NextStep[];
  /** The folder of a new workflow, whose definitions are generated once it is written. */
  readonly workflow?: string;
}

/** Something to do after it was written. */
export interface NextStep {
  /** In words, as it stands before the lines: `Use it in state-machines/…, before .emit(…)`. */
  readonly say: string;
  /** Lines to put into a file, as they are. */
  readonly lines?: readonly string[];
  /** Commands to run. */
  readonly commands?: readonly string[];
}
