/** What a proof or a benchmark came to. */
export interface Finding {
  readonly passed: boolean;
  /** By what they measure, with the unit in the name: `schedules`, `orders a second`. */
  readonly figures: Readonly<Record<string, number | string>>;
  /** The body of the page that is written, in Markdown. Its own headings begin at ###. */
  readonly text: string;
}

/** What can be set on the command line: `--orders 2000`. Its value has the type of its default. */
export interface Option {
  readonly description: string;
  readonly default: number | string;
  /** The default of `--short`, which CI runs. Left out, the same. */
  readonly short?: number | string;
}

/** The options by name, each given or by default. */
export type Options = Readonly<Record<string, number | string>>;

/** Told while it runs, a line each time: how far it has come. */
export type Progress = (line: string) => void;

/** Shows that something holds: `npm run prove -- <name>`. A module `test/proofs/<name>.ts` exports it as `proof`. */
export interface Proof {
  /** What it shows, in one line. */
  readonly summary: string;
  /** By name, as on the command line without the dashes. An option `seed` stands in the page's head. */
  readonly options?: Readonly<Record<string, Option>>;
  /** @throws when it could not be run; what it found out is returned, good or bad */
  run(options: Options, progress: Progress): Promise<Finding>;
}

/** Measures: `npm run bench -- <name>`. A module `test/benchmarks/<name>`, a file or a folder, exports it as `benchmark`. */
export type Benchmark = Proof;
