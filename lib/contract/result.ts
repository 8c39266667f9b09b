/**
 * How an execution ended, kept as a row beside the records of its steps: the platform's keep-result writes it on Step
 * Functions' event, and clients that wait read it. Step Functions answers the same question only 10 to 15 times a
 * second in a whole account.
 */
export interface ResultRow {
  /** Partition: `<workflow>:<execution name>`. */
  readonly execution: string;
  /** Sort key. */
  readonly step: typeof RESULT_STEP;
  readonly status: EndStatus;
  /** Epoch milliseconds. An execution that is redriven ends again, later: of two ends the later one counts. */
  readonly endedAt: number;
  /** What the machine returned, as JSON text. Absent unless it succeeded. */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  /** Epoch seconds after which the row counts as gone; DynamoDB deletes it some time later. */
  readonly expiry: number;
}

export type EndStatus = (typeof END_STATUSES)[number];

/** The statuses of Step Functions that an execution ends in. */
export const END_STATUSES = Object.freeze(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'] as const);

/** `~` stands in no step's name. */
export const RESULT_STEP = '~result';

/** Every attribute of the row. Clients ask for these and may read no others: step inputs and outputs stay private. */
export const RESULT_ATTRIBUTES = Object.freeze([
  'execution',
  'step',
  'status',
  'endedAt',
  'output',
  'error',
  'cause',
  'expiry',
] as const satisfies readonly (keyof ResultRow)[]);
