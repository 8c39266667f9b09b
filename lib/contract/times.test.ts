import { describe, expect, test } from '@jest/globals';
import {
  checkTimeScale,
  days,
  defaults,
  type Effect,
  keyed,
  lookup,
  milliseconds,
  minutes,
  pure,
  scaled,
  seconds,
  stepTimes,
  transaction,
  unguarded,
} from './index.ts';

const effects: readonly Effect[] = [
  pure,
  transaction,
  keyed({ keyLifetime: days(1) }),
  keyed({ keyLifetime: days(1), find: true, quietAfter: minutes(1) }),
  lookup({ quietAfter: minutes(1) }),
  unguarded({ duplicates: 'harmless' }),
];

describe('scaling', () => {
  test.each([
    ['at 1 nothing changes, not even fractions of a second', milliseconds(1_500), 1, milliseconds(1_500)],
    ['a scaled time is rounded up to whole seconds', seconds(15), 0.1, seconds(2)],
    ['no scaled time is shorter than a second', seconds(2), 0.01, seconds(1)],
    ['zero becomes a second', seconds(0), 0.1, seconds(1)],
    ['a long time keeps its proportion', minutes(10), 0.1, minutes(1)],
  ])('%s', (_, duration, timeScale, expected) => {
    expect(scaled(duration, timeScale)).toEqual(expected);
  });

  test.each([0, -1, 1.01, Number.NaN])('a time scale of %d is refused with the range', (timeScale) => {
    expect(() => checkTimeScale(timeScale)).toThrow(
      new RangeError(`timeScale is above 0 and at most 1 (1 is real time); received ${timeScale}.`),
    );
  });

  test.each([1, 0.5, 0.001])('a time scale of %d is taken', (timeScale) => {
    expect(checkTimeScale(timeScale)).toBe(timeScale);
  });
});

test('the times of a provider call with the default time-out are those of docs/protocol.md', () => {
  expect(stepTimes({ timeout: seconds(10), effect: keyed({ keyLifetime: days(1) }) }, 1)).toEqual({
    handler: seconds(10),
    lambda: seconds(17), // 1 × (10 + 2) + 5
    visibility: seconds(102), // 6 × 17
    queueAllowance: seconds(60),
    task: seconds(82), // 60 + 17 + 5
    call: seconds(22), // 17 + 5
    batchSize: 1,
  });
});

test('an effect that can be asked for has the time to be asked for and then attempted', () => {
  expect(stepTimes({ timeout: seconds(10), effect: lookup({ quietAfter: minutes(1) }) }, 1)).toMatchObject({
    handler: seconds(10),
    lambda: seconds(27), // 1 × (2 × 10 + 2) + 5
    task: seconds(92), // 60 + 27 + 5
  });
});

test('a transaction takes ten messages a batch, and its Lambda has the time for all of them', () => {
  const { batchSize, lambda } = stepTimes({ timeout: seconds(10), effect: transaction }, 1);
  expect([batchSize, lambda]).toEqual([10, seconds(125)]); // 10 × (10 + 2) + 5
});

describe.each([1, 0.1, 0.01])('at time scale %d', (timeScale) => {
  const cases = effects.flatMap((effect) =>
    [seconds(1), seconds(10), seconds(80)].map(
      (timeout) => [effect.kind, timeout.milliseconds, { effect, timeout }] as const,
    ),
  );

  test.each(cases)('each limit of a %s atom of %d ms is longer than what it waits for', (_, __, contract) => {
    const { handler, lambda, visibility, queueAllowance, task, call, batchSize } = stepTimes(contract, timeScale);
    const record = scaled(defaults.recordAllowance, timeScale).milliseconds;
    expect(handler.milliseconds).toBeGreaterThanOrEqual(1_000);
    expect(lambda.milliseconds).toBeGreaterThan(batchSize * (handler.milliseconds + record));
    expect(visibility.milliseconds).toBeGreaterThanOrEqual(6 * lambda.milliseconds);
    expect(task.milliseconds).toBeGreaterThan(queueAllowance.milliseconds + lambda.milliseconds);
    expect(call.milliseconds).toBeGreaterThan(lambda.milliseconds);
  });

  test.each(cases)('all limits of a %s atom of %d ms are whole seconds, as AWS takes them', (_, __, contract) => {
    const { batchSize, ...times } = stepTimes(contract, timeScale);
    expect(Object.values(times).map(({ milliseconds: each }) => each % 1_000)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
