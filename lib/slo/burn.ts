import { type Duration, describeDuration } from '../contract/index.ts';
import { type BurnWindow, OBJECTIVE_PERIOD } from './windows.ts';

/** An objective that an alarm cannot hold. The message says what can. */
export class ObjectiveError extends Error {
  override readonly name = 'ObjectiveError';
}

/** Share of what may go wrong: 0.001 for 0.999. */
export const errorBudget = (objective: number): number => decimal(1 - objective);

/** The share of bad ones at which the budget burns at a rate. */
export const badShareAt = (objective: number, burnRate: number): number => decimal(burnRate * errorBudget(objective));

/** The fastest that a budget can burn: everything goes wrong. */
export const fastestBurn = (objective: number): number => decimal(1 / errorBudget(objective));

/** Share of the period's budget that is spent when it burns at a rate throughout a window. */
export const budgetSpent = (burnRate: number, window: Duration, period: Duration = OBJECTIVE_PERIOD): number =>
  (burnRate * window.milliseconds) / period.milliseconds;

/**
 * How long until a window burns at its rate, from the first bad one, where everything was good before.
 * @returns undefined if such a share of bad ones never makes it burn
 */
export function detectionTime(
  objective: number,
  { long, burnRate }: BurnWindow,
  badShare: number,
): Duration | undefined {
  const needed = badShareAt(objective, burnRate);
  return badShare >= needed ? { milliseconds: (long.milliseconds * needed) / badShare } : undefined;
}

/**
 * @throws ObjectiveError if the objective is no share, or so low that a window could not fire even if everything failed
 */
export function checkObjective(objective: number, windows: readonly BurnWindow[]): void {
  if (!(objective > 0 && objective < 1)) {
    throw new ObjectiveError(`An objective is a share above 0 and below 1, such as 0.999; received ${objective}.`);
  }
  for (const { long, burnRate } of windows) {
    if (badShareAt(objective, burnRate) < 1) continue;
    throw new ObjectiveError(
      `At an objective of ${objective} the budget burns at ${round(fastestBurn(objective))} times at most, and the ${describeDuration(long)} window fires above ${burnRate}: never. Set it above ${lowestObjective(burnRate)}, or use a window with a lower burn rate.`,
    );
  }
}

/** The objective below which a burn rate is never exceeded, rounded up to a tenth of a percent. */
export const lowestObjective = (burnRate: number): number => Math.ceil((1 - 1 / burnRate) * 1_000) / 1_000;

/** Without the dust of binary fractions: thresholds are read by people. */
const decimal = (value: number): number => Number(value.toPrecision(12));

const round = (value: number): number => Number(value.toFixed(1));
