import { type Duration, days, milliseconds, minutes, seconds } from './duration.ts';

/** How often and at what pace something is tried again. Delays are drawn from 0 to the delay (full jitter). */
export interface RetryPolicy {
  /** How many times in all, the first included. */
  readonly attempts: number;
  /** The first delay. */
  readonly interval: Duration;
  /** What each delay is multiplied by to give the next. */
  readonly backoffRate: number;
  /** No delay is longer. */
  readonly cap: Duration;
}

/**
 * The one table of defaults. A number that is not here is stated where it is used, with its source.
 *
 * Sources: full jitter and capped backoff, "Exponential Backoff And Jitter" (AWS Architecture Blog); receives and
 * visibility, "Using Lambda with Amazon SQS" (maxReceiveCount at least 5, visibility at least six function time-outs).
 */
export const defaults = Object.freeze({
  /** Attempts of a step, made by the state machine. */
  step: Object.freeze<RetryPolicy>({ attempts: 4, interval: seconds(1), backoffRate: 2, cap: seconds(30) }),
  /** Settle and undo must succeed: they are tried for more than an hour before they are parked. */
  compensation: Object.freeze<RetryPolicy>({ attempts: 20, interval: seconds(2), backoffRate: 2, cap: minutes(5) }),
  /** Past the pivot nothing is undone, so that events and sends are tried as long as a compensation. */
  handover: Object.freeze<RetryPolicy>({ attempts: 20, interval: seconds(2), backoffRate: 2, cap: minutes(5) }),
  /** What cannot even be handed to a person would be lost: that is tried for a day, longer than queues have ever been gone. */
  parking: Object.freeze<RetryPolicy>({ attempts: 300, interval: seconds(2), backoffRate: 2, cap: minutes(5) }),
  /** Work that nobody waits for is delivered again at this pace by its queue, half of it by chance: for 7 to 13 minutes. */
  redelivery: Object.freeze({ interval: seconds(20), backoffRate: 3, cap: minutes(10) }),
  /** Two transactions on one item cancel each other: tried again at once, up to this apart, before a state is paid for it. */
  collision: Object.freeze({ attempts: 5, pause: milliseconds(100) }),
  /** Attempts of one AWS call, made by the SDK inside an atom. */
  sdkAttempts: 2,
  /** Deliveries of a message before it goes to the dead-letter queue. */
  receives: 5,
  /** A contract's limit for its handler when it names none. */
  timeout: seconds(10),
  /** What the runtime has for itself beside the handler's time, per message. */
  recordAllowance: seconds(2),
  /** What a Lambda has to start and to end in, per batch; and what Step Functions has to hear of it. */
  callAllowance: seconds(5),
  /** How long a message may wait in its queue before its attempt is stale. */
  queueAllowance: seconds(60),
  /** A lease counts as over this long after its end: clocks of two machines differ. */
  clockSkew: seconds(2),
  /** Visibility time-out as a multiple of the Lambda's time-out. */
  visibilityFactor: 6,
  /** Redrive of a Standard execution is possible for 14 days; a step's record must outlive it. */
  redriveWindow: days(14),
  /** What a record lives beyond the last moment at which a message may arrive. */
  recordGrace: days(1),
  /** Messages a batch; an atom that calls a provider takes one, so that a slow call holds up nobody's order. */
  batchSize: Object.freeze({ provider: 1, transaction: 10 }),
  /** Batches of one queue that run at a time. AWS allows 2 to 1,000. */
  maxConcurrency: 10,
  /** How long a state that only calls an AWS service may take. */
  serviceCallTimeout: seconds(30),
  /** The largest answer in bytes; Step Functions' own limit is 256 KiB for a state's whole output. */
  answerBytes: 200 * 1024,
  /** The largest input in bytes. With the largest output it has to fit into one DynamoDB item of 400 KB. */
  inputBytes: 150 * 1024,
  /** The largest output that can be recorded. */
  recordedBytes: 230 * 1024,
  /** Step Functions cuts a cause at 32,768 characters and then it is no JSON any more. */
  causeBytes: 32 * 1024,
});

/** No scaled time is shorter: Step Functions and SQS count in whole seconds. */
const SHORTEST = seconds(1);

/**
 * Shortens (or lengthens) a time by the synth-time `timeScale`, so that tests wait seconds where production waits
 * minutes and every proportion still holds. At 1, nothing changes. Never below one second.
 */
export function scaled(duration: Duration, timeScale: number): Duration {
  if (timeScale === 1) return duration;
  return milliseconds(Math.max(SHORTEST.milliseconds, Math.ceil((duration.milliseconds * timeScale) / 1_000) * 1_000));
}

/** @throws RangeError unless 0 < timeScale <= 1 */
export function checkTimeScale(timeScale: number): number {
  if (!(timeScale > 0 && timeScale <= 1)) {
    throw new RangeError(`timeScale is above 0 and at most 1 (1 is real time); received ${timeScale}.`);
  }
  return timeScale;
}
