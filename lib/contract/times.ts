import { defaults, scaled } from './defaults.ts';
import { type Duration, milliseconds, sum } from './duration.ts';
import { type Effect, isFindable } from './effect.ts';

/** The time limits that follow from a contract. PROTOCOL: each is longer than what it waits for. */
export interface StepTimes {
  /** T: the handler's limit, and the lease of its key. */
  readonly handler: Duration;
  /** batch size × (T + 2 s) + 5 s; 2 T where one delivery may first ask the provider, then attempt again. */
  readonly lambda: Duration;
  /** Six Lambda time-outs. */
  readonly visibility: Duration;
  /** How long a message may wait before its attempt counts as stale. */
  readonly queueAllowance: Duration;
  /** S: queue allowance + Lambda time-out + 5 s. */
  readonly task: Duration;
  /** A direct call's limit: Lambda time-out + 5 s. */
  readonly call: Duration;
  readonly batchSize: number;
}

/** What of a contract its times follow from. */
export interface Timed {
  readonly timeout: Duration;
  readonly effect: Effect;
}

/** @param timeScale 1 for real time; see `scaled` */
export function stepTimes({ timeout, effect }: Timed, timeScale: number): StepTimes {
  const scale = (duration: Duration): Duration => scaled(duration, timeScale);
  const batchSize = effect.kind === 'transaction' ? defaults.batchSize.transaction : defaults.batchSize.provider;
  const handler = scale(timeout);
  const allowance = scale(defaults.callAllowance);
  const work = isFindable(effect) ? sum(handler, handler) : handler;
  const perRecord = sum(work, scale(defaults.recordAllowance));
  const lambda = sum(milliseconds(batchSize * perRecord.milliseconds), allowance);
  const queueAllowance = scale(defaults.queueAllowance);
  return Object.freeze({
    handler,
    lambda,
    visibility: milliseconds(defaults.visibilityFactor * lambda.milliseconds),
    queueAllowance,
    task: sum(queueAllowance, lambda, allowance),
    call: sum(lambda, allowance),
    batchSize,
  });
}
