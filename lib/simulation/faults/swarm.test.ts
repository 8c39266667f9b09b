import { expect, test } from '@jest/globals';
import { FAULTS, type FaultKind } from './fault.ts';
import { SwarmFaults } from './swarm.ts';

const KINDS = Object.keys(FAULTS) as readonly FaultKind[];
const MINUTE = 60_000;
const START = Date.UTC(2030, 0, 1);

/** What strikes at so many points, one each so often. */
function strikes(seed: number, count: number, every: number, kinds = KINDS): readonly (FaultKind | undefined)[] {
  const faults = new SwarmFaults(seed);
  return Array.from({ length: count }, (_, index) =>
    faults.strike({ id: `p#${index}`, at: START + index * every, kinds }),
  );
}

const SEEDS = Array.from({ length: 40 }, (_, index) => index);
const struck = (all: readonly (FaultKind | undefined)[]): readonly FaultKind[] =>
  all.filter((each) => each !== undefined);

test('the same seed strikes at the same points, another one elsewhere', () => {
  expect(strikes(7, 500, 1)).toEqual(strikes(7, 500, 1));
  expect(new Set(SEEDS.map((seed) => strikes(seed, 5_000, 1).join())).size).toBe(SEEDS.length);
});

test('nothing strikes any more twenty minutes after the first point', () => {
  for (const seed of SEEDS) {
    const all = strikes(seed, 3 * 1_200, MINUTE / 60);
    expect(struck(all.slice(1_201))).toEqual([]);
  }
  expect(SEEDS.some((seed) => struck(strikes(seed, 1_200, MINUTE / 60).slice(1_000)).length > 0)).toBe(true);
});

test('only what can happen at a point strikes there', () => {
  for (const seed of SEEDS)
    expect(
      struck(strikes(seed, 1_000, 1, ['twice', 'dead'])).filter((kind) => kind !== 'twice' && kind !== 'dead'),
    ).toEqual([]);
});

test('a run has some kinds of fault and never meets the others, and over many runs every kind strikes', () => {
  const runs = SEEDS.map((seed) => new Set(struck(strikes(seed, 20_000, 1))));
  for (const kinds of runs) expect(kinds.size).toBeLessThan(KINDS.length);
  expect(new Set(runs.flatMap((kinds) => [...kinds]))).toEqual(new Set(KINDS));
});

test('at the most points nothing goes wrong, or no run would ever get anywhere', () => {
  for (const seed of SEEDS) expect(struck(strikes(seed, 5_000, 1, ['refused'])).length).toBeLessThan(5_000 * 0.05);
});
