import {
  type Duration,
  inSeconds,
  milliseconds,
  type RetryPolicy,
  scaled,
  TERMINAL_ERRORS,
} from '../contract/index.ts';
import type { Retrier } from './states.ts';

/**
 * Terminal errors first, with no attempt; then everything else with full jitter and a cap.
 * @param terminal errors of this state that trying again cannot mend
 */
export function retriers(policy: RetryPolicy, timeScale: number, terminal: readonly string[] = []): readonly Retrier[] {
  return [
    ...(terminal.length > 0 ? [{ ErrorEquals: terminal, MaxAttempts: 0 }] : []),
    {
      ErrorEquals: ['States.ALL'],
      IntervalSeconds: inSeconds(scaled(policy.interval, timeScale)),
      MaxAttempts: policy.attempts - 1,
      BackoffRate: policy.backoffRate,
      MaxDelaySeconds: inSeconds(scaled(policy.cap, timeScale)),
      JitterStrategy: 'FULL',
    },
  ];
}

/** The retriers of a state that an atom answers. */
export const atomRetriers = (
  policy: RetryPolicy,
  timeScale: number,
  declared: readonly string[] = [],
): readonly Retrier[] => retriers(policy, timeScale, [...declared, ...TERMINAL_ERRORS]);

/** The longest that all attempts and the delays between them can take. */
export function worstCase(policy: RetryPolicy, attempt: Duration, timeScale: number): Duration {
  const interval = scaled(policy.interval, timeScale).milliseconds;
  const cap = scaled(policy.cap, timeScale).milliseconds;
  const delays = Array.from({ length: policy.attempts - 1 }, (_, retry) =>
    Math.min(interval * policy.backoffRate ** retry, cap),
  );
  return milliseconds(policy.attempts * attempt.milliseconds + delays.reduce((total, delay) => total + delay, 0));
}
