import type { Catcher, Retrier } from './definition.ts';

/** An error as a state sees it. */
export interface TaskFailure {
  readonly error: string;
  readonly cause: string;
}

/** No retrier and no Catch sees these, not even by States.ALL. */
const BEYOND_CATCH: ReadonlySet<string> = new Set(['States.Runtime', 'States.DataLimitExceeded']);

const matches = (names: readonly string[], { error }: TaskFailure): boolean =>
  names.some(
    (name) =>
      name === error ||
      (name === 'States.ALL' && !BEYOND_CATCH.has(error)) ||
      (name === 'States.TaskFailed' && error !== 'States.Timeout' && !BEYOND_CATCH.has(error)),
  );

/** How often each retrier of a state was used, by its place. */
export type RetryCounts = Map<number, number>;

/**
 * Milliseconds until the next attempt, by the first retrier that knows the error; undefined when it allows none.
 * @param jitter from 0 up to 1
 */
export function nextAttemptIn(
  retriers: readonly Retrier[],
  counts: RetryCounts,
  failure: TaskFailure,
  jitter: () => number,
): number | undefined {
  const retrier = retrierFor(retriers, failure);
  if (!retrier) return undefined;
  const index = retriers.indexOf(retrier);
  const { IntervalSeconds = 1, MaxAttempts = 3, BackoffRate = 2, MaxDelaySeconds = Number.POSITIVE_INFINITY } = retrier;
  const used = counts.get(index) ?? 0;
  if (used >= MaxAttempts) return undefined;
  counts.set(index, used + 1);
  const delay = Math.min(IntervalSeconds * BackoffRate ** used, MaxDelaySeconds) * 1_000;
  return retrier.JitterStrategy === 'FULL' ? delay * jitter() : delay;
}

export const retrierFor = (retriers: readonly Retrier[], failure: TaskFailure): Retrier | undefined =>
  retriers.find(({ ErrorEquals }) => matches(ErrorEquals, failure));

export const catcherFor = (catchers: readonly Catcher[], failure: TaskFailure): Catcher | undefined =>
  catchers.find(({ ErrorEquals }) => matches(ErrorEquals, failure));
