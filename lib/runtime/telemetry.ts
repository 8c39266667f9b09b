import type { Context as LambdaContext, SQSRecord } from 'aws-lambda';
import { type Contract, type Envelope, type Settlement, TERMINAL_ERRORS } from '../contract/index.ts';
import { whoseOf, writeLine } from './line.ts';
import { type Masking, maskingOf } from './masking.ts';
import type { Seen } from './observed.ts';
import { told } from './told-error.ts';

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

/**
 * Happenings that are worth a metric, `Breakwater/<Happening>` by atom; the rest is in the lines and in AWS's own. Each
 * costs $0.30 a month where it occurs, so $1.50 an atom at most, and nothing where nothing goes wrong. Failed is among
 * them because Lambda's Errors cannot be: an attempt that fails is answered, and its function ends well.
 */
const COUNTED: ReadonlySet<Happening> = new Set(['failed', 'fenced', 'stale', 'expired', 'malformed']);

/** A message or a direct call on its way through an atom: what all lines about it have in common. */
export interface Delivery {
  readonly contract: Contract;
  readonly lambda: LambdaContext | undefined;
  /** Missing for a direct call. */
  readonly record?: SQSRecord;
  /** Epoch milliseconds. */
  readonly begun: number;
  readonly seen: Seen;
  /** Missing until it has been read. */
  envelope?: Envelope;
}

/** What else is known in the end. */
export interface Details {
  /** Whether anybody waited for the answer; missing where nobody was to be answered. */
  readonly heard?: boolean;
  /** What the state machine was told by name, where that is no success. */
  readonly answer?: string;
  readonly error?: unknown;
  readonly settlement?: Settlement;
}

/** Personal data of what the step was given. */
export const maskingFor = ({ contract, envelope, seen }: Delivery): Masking =>
  maskingOf(contract, () => [envelope?.input, seen.input]);

/** One line for each delivery: structured log and metric in one (CloudWatch embedded metric format). */
export function report(delivery: Delivery, happening: Happening, { error, settlement, ...details }: Details): void {
  const { contract, envelope, begun, seen } = delivery;
  const now = Date.now();
  const masking = maskingFor(delivery);
  writeLine({
    level: levelOf(happening, error, details.answer),
    ...whoseOf(contract),
    happening,
    ...(envelope && {
      correlationId: envelope.correlationId,
      execution: envelope.execution,
      step: envelope.step,
      verb: envelope.verb,
      attempt: envelope.attempt,
    }),
    ...(seen.attempts === undefined ? {} : { attempts: seen.attempts }),
    ...details,
    ...(settlement && { settlement: { ...settlement, reason: masking.text(settlement.reason) } }),
    ...(error === undefined ? {} : { error: told(error, masking) }),
    milliseconds: now - begun,
    ...(seen.begun === undefined ? {} : { handlerMilliseconds: (seen.ended ?? now) - seen.begun }),
    ...transportOf(delivery),
    ...coldStart(),
    ...metricOf(happening, now),
  });
}

/** An error that nothing will try again is for a person. */
function levelOf(happening: Happening, error: unknown, answer: string | undefined): 'INFO' | 'WARN' | 'ERROR' {
  if (error === undefined) return 'INFO';
  const terminal = answer !== undefined && TERMINAL_ERRORS.some((each) => each === answer) && happening !== 'fenced';
  return happening === 'malformed' || terminal ? 'ERROR' : 'WARN';
}

/** How it came here: its message, how long that lay in the queue, the trace that it belongs to, what took it. */
function transportOf({ record, lambda, begun }: Delivery): object {
  const sent = Number(record?.attributes.SentTimestamp);
  const trace = record?.attributes.AWSTraceHeader ?? process.env._X_AMZN_TRACE_ID;
  return {
    ...(record && {
      messageId: record.messageId,
      receives: Number(record.attributes.ApproximateReceiveCount),
      // Of the last delivery, that is: a message that is given back keeps the time at which it was sent.
      ...(sent > 0 ? { queuedMilliseconds: Math.max(0, begun - sent) } : {}),
    }),
    ...(trace ? { traceId: /Root=([^;]+)/.exec(trace)?.[1] } : {}),
    ...(lambda && { requestId: lambda.awsRequestId, functionVersion: lambda.functionVersion }),
  };
}

let cold = true;
let initMilliseconds: number | undefined;

/** Notes that the atom's code is loaded: what comes before was its start. Only Lambda's own starts are of interest. */
export function loaded(): void {
  if (process.env.AWS_LAMBDA_INITIALIZATION_TYPE) initMilliseconds ??= Math.round(performance.now());
}

/** Told once a process. */
function coldStart(): object {
  if (!cold) return {};
  cold = false;
  return { coldStart: true, ...(initMilliseconds === undefined ? {} : { initMilliseconds }) };
}

function metricOf(happening: Happening, now: number): object {
  if (!COUNTED.has(happening)) return {};
  const metric = happening.charAt(0).toUpperCase() + happening.slice(1);
  const metrics = { Namespace: 'Breakwater', Dimensions: [['atom']], Metrics: [{ Name: metric, Unit: 'Count' }] };
  return { _aws: { Timestamp: now, CloudWatchMetrics: [metrics] }, [metric]: 1 };
}
