import { describe, expect, test } from '@jest/globals';
import { chance } from './chance.ts';

const KEY = { execution: 'ship-order:o-1', step: 'payment' };
const OTHERS = [
  ['another step', { ...KEY, step: 'label' }],
  ['an undo', { ...KEY, step: 'payment~undo' }],
  ['another order', { ...KEY, execution: 'ship-order:o-2' }],
] as const;

const drawn = (key = KEY, count = 3) => {
  const { random, id } = chance(key);
  return { numbers: Array.from({ length: count }, random), ids: Array.from({ length: count }, () => id()) };
};

test('every attempt of a step has the same numbers and identifiers, in their order', () => {
  const { numbers, ids } = drawn();
  expect(drawn()).toEqual({ numbers, ids });
  expect(new Set([...numbers, ...ids]).size).toBe(6);
});

test.each(OTHERS)('%s has others', (_, key) => {
  const own = drawn();
  const others = drawn(key);
  expect([...own.numbers, ...own.ids].filter((each) => [...others.numbers, ...others.ids].includes(each))).toEqual([]);
});

test('numbers do not shift identifiers, nor identifiers numbers', () => {
  const { random, id } = chance(KEY);
  const mixed = [id(), random(), id('line'), random(), id()];
  const { numbers, ids } = drawn();
  expect([mixed[0], mixed[4]]).toEqual([ids[0], ids[1]]);
  expect([mixed[1], mixed[3]]).toEqual([numbers[0], numbers[1]]);
});

test('a named identifier does not depend on when it is asked for', () => {
  const first = chance(KEY);
  const second = chance(KEY);
  second.id();
  expect(second.id('b')).toBe(first.id('b'));
  expect(first.id('b')).toBe(first.id('b'));
  expect(first.id('a')).not.toBe(first.id('b'));
  expect(first.id('1')).not.toBe(drawn().ids[0]);
});

test('identifiers are UUIDs of version 5', () => {
  for (const id of drawn(KEY, 50).ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

describe('numbers', () => {
  test('are from 0 up to 1, spread evenly', () => {
    const { numbers } = drawn(KEY, 2_000);
    expect(numbers.every((each) => each >= 0 && each < 1)).toBe(true);
    const tenths = Array.from({ length: 10 }, (_, n) => numbers.filter((each) => Math.floor(each * 10) === n).length);
    for (const count of tenths) expect(Math.abs(count - 200)).toBeLessThan(60);
  });
});

test('they are what they were: a step that was begun by an older release goes on with them', () => {
  // Python: uuid.uuid5(uuid.UUID('7c1e4f0a-9d52-5b6e-8f31-2a64c0de9b17'), 'ship-order:o-1/payment#1')
  expect(drawn(KEY, 1)).toEqual({ numbers: [0.6365666993982483], ids: ['89a172b9-f092-5da0-8d14-1a6e215be53d'] });
});
