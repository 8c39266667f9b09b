import { type Duration, days, hours, minutes } from '../contract/index.ts';

/**
 * Two windows that have to burn together: the long one tells that it matters, the short one that it still goes on, so
 * that the alarm clears soon after the trouble does.
 */
export interface BurnWindow {
  readonly long: Duration;
  readonly short: Duration;
  /** How many times faster than allowed the budget burns. */
  readonly burnRate: number;
}

/** The time over which an objective is promised. */
export const OBJECTIVE_PERIOD = days(30);

/**
 * Windows that page. 14.4 spends 2 % of a 30-day budget in an hour, 6 spends 5 % in six.
 * Source: The Site Reliability Workbook, chapter 5, "Alerting on SLOs", table 5-8.
 */
export const PAGE_WINDOWS: readonly BurnWindow[] = Object.freeze([
  Object.freeze({ long: hours(1), short: minutes(5), burnRate: 14.4 }),
  Object.freeze({ long: hours(6), short: minutes(30), burnRate: 6 }),
]);
