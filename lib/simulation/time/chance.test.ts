import { describe, expect, test } from '@jest/globals';
import { Chance } from './chance.ts';

const draws = (seed: number, count = 20): readonly number[] => {
  const chance = new Chance(seed);
  return Array.from({ length: count }, () => chance.number());
};

test.each([0, 1, 7, -1, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER])(
  'the seed %p gives the same draws again',
  (seed) => {
    expect(draws(seed)).toEqual(draws(seed));
  },
);

test('the draws of a seed are the same on every machine and in every version', () => {
  const chance = new Chance(1);
  expect([chance.number(), chance.below(1_000), chance.uuid()]).toMatchInlineSnapshot(`
[
  0.4684900725260377,
  435,
  "65c86823-6a16-4a47-88c8-aace63091598",
]
`);
});

test('seeds that lie next to each other, or 32 bits apart, give different draws', () => {
  const firsts = [0, 1, 2, 3, 2 ** 32, 2 ** 32 + 1].map((seed) => draws(seed, 3).join());
  expect(new Set(firsts).size).toBe(firsts.length);
});

describe('over 20,000 draws', () => {
  const chance = new Chance(42);
  const many = <T>(draw: () => T): readonly T[] => Array.from({ length: 20_000 }, draw);

  test('numbers lie from 0 up to 1, as many in each tenth', () => {
    const tenths = new Array<number>(10).fill(0);
    for (const each of many(() => chance.number())) {
      expect(each >= 0 && each < 1).toBe(true);
      tenths[Math.floor(each * 10)] = (tenths[Math.floor(each * 10)] ?? 0) + 1;
    }
    // Six standard deviations, of 42 each.
    for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(255);
  });

  test('whole numbers below a limit are all drawn, and none reaches it', () => {
    expect(new Set(many(() => chance.below(7)))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]));
  });

  test.each([
    [0, 0, 0],
    [0.1, 1_700, 2_300],
    [0.9, 17_700, 18_300],
    [1, 20_000, 20_000],
  ])('what has the probability %p happens about as often', (probability, least, most) => {
    const happened = many(() => chance.happens(probability)).filter(Boolean).length;
    expect(happened).toBeGreaterThanOrEqual(least);
    expect(happened).toBeLessThanOrEqual(most);
  });

  test('every choice is picked', () => {
    expect(new Set(many(() => chance.pick(['a', 'b', 'c'])))).toEqual(new Set(['a', 'b', 'c']));
  });

  test('no UUID comes twice, and each has the form of version 4', () => {
    const ids = many(() => chance.uuid());
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
  });
});
