import { describe, expect, test } from '@jest/globals';
import { hours, minutes } from '../contract/index.ts';
import {
  badShareAt,
  budgetSpent,
  checkObjective,
  detectionTime,
  errorBudget,
  fastestBurn,
  lowestObjective,
  ObjectiveError,
  PAGE_WINDOWS,
} from './index.ts';

test.each([
  [0.99, 0.01, 100],
  [0.999, 0.001, 1_000],
  [0.9995, 0.0005, 2_000],
])('an objective of %d leaves a budget of %d, which burns at %d times at most', (objective, budget, fastest) => {
  expect(errorBudget(objective)).toBe(budget);
  expect(fastestBurn(objective)).toBe(fastest);
});

test.each([
  [0.999, 14.4, 0.0144],
  [0.999, 6, 0.006],
  [0.95, 14.4, 0.72],
])('at %d, a burn rate of %d is a share of %d', (objective, burnRate, share) => {
  expect(badShareAt(objective, burnRate)).toBe(share);
});

// The workbook's own table 5-8: 2 % in an hour, 5 % in six.
test.each([
  [PAGE_WINDOWS[0], 0.02],
  [PAGE_WINDOWS[1], 0.05],
])('window %# spends what the SRE workbook says', (window, share) => {
  expect(window && budgetSpent(window.burnRate, window.long)).toBeCloseTo(share, 10);
});

describe('how long until a page at 0.999', () => {
  const [fast, slow] = PAGE_WINDOWS;
  const minutesUntil = (window: typeof fast, share: number) => {
    const time = window && detectionTime(0.999, window, share);
    return time && time.milliseconds / minutes(1).milliseconds;
  };

  test.each([
    ['everything fails', 1, 0.864, 2.16],
    ['one in a hundred fails', 0.01, undefined, 216],
    ['three in two thousand fail', 0.0015, undefined, undefined],
  ])('%s', (_, share, byFast, bySlow) => {
    expect(minutesUntil(fast, share)).toEqual(byFast === undefined ? undefined : expect.closeTo(byFast, 6));
    expect(minutesUntil(slow, share)).toEqual(bySlow === undefined ? undefined : expect.closeTo(bySlow, 6));
  });
});

describe('an objective is refused', () => {
  test.each([0, 1, 1.2, -0.5, Number.NaN])('that is no share: %d', (objective) => {
    expect(() => checkObjective(objective, PAGE_WINDOWS)).toThrow(ObjectiveError);
  });

  test('whose alarm could not fire if everything failed, with the lowest that works', () => {
    expect(() => checkObjective(0.93, PAGE_WINDOWS)).toThrow(
      'At an objective of 0.93 the budget burns at 14.3 times at most, and the 1h window fires above 14.4: never. Set it above 0.931, or use a window with a lower burn rate.',
    );
    expect(lowestObjective(14.4)).toBe(0.931);
    expect(() => checkObjective(0.931, PAGE_WINDOWS)).not.toThrow();
  });

  test('not when its windows burn more slowly', () => {
    expect(() => checkObjective(0.9, [{ long: hours(6), short: minutes(30), burnRate: 6 }])).not.toThrow();
  });
});
