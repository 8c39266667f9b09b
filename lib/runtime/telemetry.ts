import type { Contract, Envelope } from '../contract/index.ts';

/** What became of a delivery. */
export type Happening =
  | 'done'
  | 'replayed'
  | 'declined'
  | 'settled'
  | 'failed'
  /** Refused: the step was settled as not happened, or undone. */
  | 'fenced'
  /** Not begun: too late for this attempt. */
  | 'stale'
  /** Not begun: too late for any attempt. */
  | 'expired'
  /** Given back until another attempt's lease is over. */
  | 'waiting'
  /** Done, but the state machine could not be told; the next delivery tells it. */
  | 'unanswered'
  /** Sent to the dead-letter queue at once. */
  | 'malformed';

/** Happenings that are worth a metric; the rest is in AWS's own. Each costs $0.30 a month where it occurs. */
const COUNTED: ReadonlySet<Happening> = new Set(['fenced', 'stale', 'expired', 'malformed']);

let cold = true;

/** One line for each delivery: structured log and metric in one (CloudWatch embedded metric format). */
export function report(
  contract: Contract,
  envelope: Envelope | undefined,
  happening: Happening,
  details: {
    readonly milliseconds: number;
    readonly heard?: boolean;
    readonly error?: unknown;
    readonly [key: string]: unknown;
  },
): void {
  const { error, ...rest } = details;
  const metric = happening.charAt(0).toUpperCase() + happening.slice(1);
  const line = {
    level: error === undefined ? 'INFO' : 'WARN',
    atom: contract.name,
    version: contract.version,
    happening,
    ...(envelope && {
      correlationId: envelope.correlationId,
      execution: envelope.execution,
      step: envelope.step,
      verb: envelope.verb,
      attempt: envelope.attempt,
    }),
    ...rest,
    ...(error === undefined ? {} : { error: describe(error) }),
    ...(cold ? { coldStart: true } : {}),
    ...(COUNTED.has(happening)
      ? {
          _aws: {
            Timestamp: Date.now(),
            CloudWatchMetrics: [
              { Namespace: 'Breakwater', Dimensions: [['atom']], Metrics: [{ Name: metric, Unit: 'Count' }] },
            ],
          },
          [metric]: 1,
        }
      : {}),
  };
  cold = false;
  console.log(JSON.stringify(line));
}

const describe = (error: unknown): { name: string; message: string } =>
  error instanceof Error ? { name: error.name, message: error.message } : { name: 'Error', message: String(error) };
