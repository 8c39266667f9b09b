/** A mistake that somebody might make: one place in the source, and what stands there then. */
export interface PlantedBug {
  /** What is wrong, as one would say it. */
  readonly name: string;
  readonly edits: readonly Edit[];
}

export interface Edit {
  /** From the project's root. */
  readonly file: string;
  /** Has to stand there exactly once. */
  readonly replace: string;
  readonly by: string;
}
