import { describe, expect, test } from '@jest/globals';
import type { Retrier } from './definition.ts';
import { catcherFor, nextAttemptIn, type RetryCounts, retrierFor } from './retries.ts';

const failure = (error: string) => ({ error, cause: '' });

/** Milliseconds before each further attempt that an error is given, in order, until there is none. */
function delays(
  retriers: readonly Retrier[],
  errors: readonly string[],
  jitter = () => 1,
): readonly (number | undefined)[] {
  const counts: RetryCounts = new Map();
  return errors.map((error) => nextAttemptIn(retriers, counts, failure(error), jitter));
}

const times = (count: number, error = 'Transient'): readonly string[] => Array.from({ length: count }, () => error);

describe('an error is known to', () => {
  test.each([
    ['Transient', 'Transient', true],
    ['Transient', 'transient', false],
    ['Transient', 'Transient.Else', false],
    ['States.ALL', 'Transient', true],
    ['States.ALL', 'States.Timeout', true],
    ['States.ALL', 'States.TaskFailed', true],
    ['States.ALL', 'States.QueryEvaluationError', true],
    ['States.ALL', 'States.Runtime', false],
    ['States.ALL', 'States.DataLimitExceeded', false],
    ['States.TaskFailed', 'Transient', true],
    ['States.TaskFailed', 'States.HeartbeatTimeout', true],
    ['States.TaskFailed', 'States.QueryEvaluationError', true],
    ['States.TaskFailed', 'States.Timeout', false],
    ['States.TaskFailed', 'States.Runtime', false],
    ['States.TaskFailed', 'States.DataLimitExceeded', false],
    ['States.Timeout', 'States.Timeout', true],
    ['States.Timeout', 'Transient', false],
  ])('a retrier and a Catch of %s: %s: %p', (name, error, known) => {
    expect(retrierFor([{ ErrorEquals: ['Other', name], MaxAttempts: 1 }], failure(error)) !== undefined).toBe(known);
    expect(catcherFor([{ ErrorEquals: ['Other', name], Next: 'there' }], failure(error)) !== undefined).toBe(known);
  });

  test('the first that names it, though a later one does as well', () => {
    const retriers = [
      { ErrorEquals: ['Declared.CardDeclined'], MaxAttempts: 0 },
      { ErrorEquals: ['DependencyOpen'], MaxAttempts: 2, IntervalSeconds: 30 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 3 },
    ];
    expect(delays(retriers, ['Declared.CardDeclined'])).toEqual([undefined]);
    expect(delays(retriers, ['DependencyOpen'])).toEqual([30_000]);
    expect(delays(retriers, ['Whatever'])).toEqual([1_000]);
    expect(
      catcherFor(
        [
          { ErrorEquals: ['States.ALL'], Next: 'a' },
          { ErrorEquals: ['X'], Next: 'b' },
        ],
        failure('X'),
      )?.Next,
    ).toBe('a');
  });
});

describe('before the next attempt it waits', () => {
  test.each<[string, Partial<Retrier>, readonly (number | undefined)[]]>([
    [
      'one second, doubled each time, three times, where nothing else is said',
      { MaxAttempts: undefined as never },
      [1_000, 2_000, 4_000, undefined, undefined],
    ],
    ['not at all where no attempt is allowed', { MaxAttempts: 0 }, [undefined, undefined]],
    ['as long as the interval says', { MaxAttempts: 2, IntervalSeconds: 7 }, [7_000, 14_000, undefined]],
    ['by the backoff’s rate', { MaxAttempts: 3, BackoffRate: 1.5 }, [1_000, 1_500, 2_250, undefined]],
    ['evenly where the rate is 1', { MaxAttempts: 3, BackoffRate: 1 }, [1_000, 1_000, 1_000, undefined]],
    [
      'no longer than the cap',
      { MaxAttempts: 5, IntervalSeconds: 2, MaxDelaySeconds: 9 },
      [2_000, 4_000, 8_000, 9_000, 9_000, undefined],
    ],
  ])('%s', (_, more, expected) => {
    expect(delays([{ ErrorEquals: ['States.ALL'], MaxAttempts: 3, ...more }], times(expected.length))).toEqual(
      expected,
    );
  });

  test.each([
    [0, [0, 0, 0]],
    [0.5, [1_000, 2_000, 2_500]],
    [0.999, [1_998, 3_996, 4_995]],
  ])('with full jitter of %p, anything from nothing up to the capped delay', (jitter, expected) => {
    const retrier: Retrier = {
      ErrorEquals: ['States.ALL'],
      MaxAttempts: 3,
      IntervalSeconds: 2,
      MaxDelaySeconds: 5,
      JitterStrategy: 'FULL',
    };
    expect(delays([retrier], times(3), () => jitter)).toEqual(expected);
  });

  test('without jitter, the same whatever chance says', () => {
    expect(delays([{ ErrorEquals: ['States.ALL'], MaxAttempts: 2 }], times(2), () => 0)).toEqual([1_000, 2_000]);
  });

  test('as each retrier counts for itself: one that is used up does not end another', () => {
    const retriers = [
      { ErrorEquals: ['A'], MaxAttempts: 1 },
      { ErrorEquals: ['States.ALL'], MaxAttempts: 2, IntervalSeconds: 10 },
    ];
    expect(delays(retriers, ['A', 'B', 'A', 'B', 'B'])).toEqual([1_000, 10_000, undefined, 20_000, undefined]);
  });
});
