import { describe, expect, test } from '@jest/globals';
import { days, describeDuration, hours, inSeconds, longest, milliseconds, minutes, seconds, sum } from './index.ts';

test.each([
  ['milliseconds', milliseconds(1), 1],
  ['seconds', seconds(1), 1_000],
  ['minutes', minutes(1), 60_000],
  ['hours', hours(1), 3_600_000],
  ['days', days(1), 86_400_000],
])('%s are kept as milliseconds', (_, duration, expected) => {
  expect(duration.milliseconds).toBe(expected);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])(
  'a duration of %d is refused with what was received',
  (amount) => {
    expect(() => seconds(amount)).toThrow(
      new RangeError(`A duration is zero or more and finite; received ${amount * 1_000}.`),
    );
  },
);

test('a duration cannot be changed after it was made', () => {
  expect(() => Object.assign(seconds(1), { milliseconds: 2 })).toThrow(TypeError);
});

test('seconds for AWS are whole ones, rounded up', () => {
  expect([0, 1, 1_000, 1_001].map((each) => inSeconds(milliseconds(each)))).toEqual([0, 1, 1, 2]);
});

test('durations add up, and the longest of none is zero', () => {
  expect(sum(seconds(1), minutes(1))).toEqual(seconds(61));
  expect(longest([seconds(2), seconds(9), seconds(5)])).toEqual(seconds(9));
  expect([sum(), longest([])]).toEqual([seconds(0), seconds(0)]);
});

describe('for people, a duration is written in the largest unit that divides it', () => {
  test.each([
    ['0ms', seconds(0)],
    ['250ms', milliseconds(250)],
    ['45s', seconds(45)],
    ['15m', minutes(15)],
    ['90s', seconds(90)],
    ['4h', hours(4)],
    ['36h', hours(36)],
    ['2d', days(2)],
  ])('%s', (text, duration) => {
    expect(describeDuration(duration)).toBe(text);
  });
});
