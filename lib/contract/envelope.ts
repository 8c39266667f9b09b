import type { Duration } from './duration.ts';

/** What a state machine sends to an atom, through its queue or as the payload of a direct call. */
export interface Envelope {
  /** The protocol's version. */
  readonly breakwater: typeof ENVELOPE_VERSION;
  readonly verb: Verb;
  /** Partition of the step key: `<workflow>:<root execution name>`. */
  readonly execution: string;
  /** Sort of the step key: the step path, `payment` or `parcels#3/label`. */
  readonly step: string;
  /** `charge-payment@1.0.0`: what the sender was compiled against. */
  readonly contract: string;
  /** Absent for `undo` and `settle`: the runtime builds it from the record. */
  readonly input?: unknown;
  /** Absent for `send` and for direct calls. */
  readonly token?: string;
  /** For logs only: what counts is the record's counter. */
  readonly attempt: number;
  /** Epoch milliseconds after which no new attempt begins. Absent for `send` and for direct calls. */
  readonly notStartedAfter?: number;
  /** Epoch milliseconds after which a delivery means nothing any more. */
  readonly notAfter: number;
  /** One per order, from the event to the last log line. */
  readonly correlationId: string;
}

export const ENVELOPE_VERSION = 1;

/** `do` the effect, `undo` it by its compensation, `settle` whether it happened. */
export type Verb = 'do' | 'undo' | 'settle';

/** What `settle` answers: by value, never by a failure, so that the state machine needs no way to tell them apart. */
export interface Settlement {
  readonly happened: boolean | 'unknown';
  readonly reason: string;
}

/** What an undo answers. */
export interface Undone {
  readonly undone: boolean;
  readonly reason: string;
}

/** The sort key of an undo's own record, beside the step's. */
export const undoPath = (step: string): string => `${step}~undo`;

/** The partition of an execution's records. */
export const executionKey = (workflow: string, rootExecutionName: string): string => `${workflow}:${rootExecutionName}`;

/** Latest moment at which a message of an execution may be redelivered, given its machine's time-out. */
export const lifetime = (machineTimeout: Duration, redriveWindow: Duration): number =>
  machineTimeout.milliseconds + redriveWindow.milliseconds;
