import { describe, expect, test } from '@jest/globals';
import { tinySimulation } from '../../../test/fakes/tiny.ts';
import { type PlannedFault, PlannedFaults, type Point } from '../faults/fault.ts';
import { invariant } from '../invariants/invariant.ts';
import { Coverage } from './coverage.ts';
import { exhaust } from './exhaust.ts';

const simulation = tinySimulation();
const PATH = 'one';

const faultsAt = (points: readonly Point[]): readonly PlannedFault[] =>
  points.flatMap(({ id, kinds }) => kinds.map((kind) => ({ at: id, kind })));

const pointsOf = async (faults: readonly PlannedFault[]): Promise<readonly Point[]> =>
  (await simulation.run([simulation.order(PATH)], { faults: new PlannedFaults(faults) })).points;

/** By hand: the pairs that begin with each single fault, in order. */
async function byHand(): Promise<{ readonly singles: readonly PlannedFault[]; readonly pairs: readonly number[] }> {
  const singles = faultsAt(await pointsOf([]));
  const pairs: number[] = [];
  for (const first of singles) {
    const points = await pointsOf([first]);
    pairs.push(faultsAt(points.slice(points.findIndex(({ id }) => id === first.at) + 1)).length);
  }
  return { singles, pairs };
}

const total = (counts: readonly number[]): number => counts.reduce((sum, each) => sum + each, 0);

describe('on one path', () => {
  test('every single fault at every point is a schedule, after one without', async () => {
    const { singles } = await byHand();
    expect(singles.length).toBeGreaterThan(5);
    expect(await exhaust(simulation, { depth: 'singles', paths: [PATH] })).toEqual({
      schedules: 1 + singles.length,
      orders: 1 + singles.length,
      findings: [],
    });
  });

  test('every pair is one as well: the second at each point that is reached once the first has struck', async () => {
    const { singles, pairs } = await byHand();
    const { schedules } = await exhaust(simulation, { depth: 'pairs', paths: [PATH] });
    expect(schedules).toBe(1 + singles.length + total(pairs));
  });

  test.each([2, 7])('of the pairs only every %p. is run, and all singles', async (every) => {
    const { singles, pairs } = await byHand();
    const { schedules } = await exhaust(simulation, { depth: 'pairs', paths: [PATH], every });
    expect(schedules).toBe(1 + singles.length + Math.floor(total(pairs) / every));
  });

  test.each(['singles', 'pairs'] as const)(
    'slices of %s add up to the whole, and none does what another did',
    async (depth) => {
      const whole = await exhaust(simulation, { depth, paths: [PATH] });
      const slices = [];
      for (const index of [0, 1, 2])
        slices.push((await exhaust(simulation, { depth, paths: [PATH], slice: { index, of: 3 } })).schedules);
      expect(total(slices)).toBe(whole.schedules);
      expect(Math.min(...slices)).toBeGreaterThan(1);
    },
  );

  test('what slices have seen is together what the whole has seen', async () => {
    const [whole, sliced] = [0, 0].map(() => new Coverage(simulation.deployment.machines));
    await exhaust(simulation, { depth: 'singles', paths: [PATH], ...(whole && { coverage: whole }) });
    for (const index of [0, 1])
      await exhaust(simulation, {
        depth: 'singles',
        paths: [PATH],
        slice: { index, of: 2 },
        ...(sliced && { coverage: sliced }),
      });
    expect(sliced?.seen).toEqual(whole?.seen);
    expect([...(whole?.seen ?? []), ...(whole?.never ?? [])].sort()).toEqual([...(whole?.all ?? [])].sort());
  });
});

test('paths that are left out are all of them', async () => {
  const [one, hundred, both] = await Promise.all([
    exhaust(simulation, { depth: 'singles', paths: ['one'] }),
    exhaust(simulation, { depth: 'singles', paths: ['a hundred'] }),
    exhaust(simulation, { depth: 'singles' }),
  ]);
  expect(both.schedules).toBe(one.schedules + hundred.schedules);
});

describe('what is wrong', () => {
  const refused = invariant(
    'no service refuses',
    ({ struck }) => struck.every(({ kind }) => kind !== 'service-refused') || 'One did.',
  );
  const fragile = tinySimulation(refused);

  test('is found with the faults that it took, and runs again from what is found', async () => {
    const { findings } = await exhaust(fragile, { depth: 'singles', paths: [PATH] });
    expect(findings.length).toBeGreaterThan(0);
    for (const { faults, violations } of findings) {
      expect(faults).toEqual([{ at: expect.any(String), kind: 'service-refused' }]);
      expect(violations).toEqual([{ invariant: 'no service refuses', what: 'One did.' }]);
    }
  });

  test('with one fault is not looked for with two', async () => {
    const { findings } = await exhaust(fragile, { depth: 'pairs', paths: [PATH] });
    for (const { faults } of findings) expect(faults.filter(({ kind }) => kind === 'service-refused').length).toBe(1);
    for (const { faults } of findings) expect(faults.at(-1)?.kind).toBe('service-refused');
  });

  test('ends the search once so much is found', async () => {
    const all = await exhaust(fragile, { depth: 'pairs', paths: [PATH] });
    const some = await exhaust(fragile, { depth: 'pairs', paths: [PATH], findings: 2 });
    expect([some.findings.length, some.schedules < all.schedules]).toEqual([2, true]);
  });

  test('without any fault is found once, by one slice', async () => {
    const broken = tinySimulation(invariant('nothing ever holds', () => 'Nothing does.'));
    const findings = [];
    for (const index of [0, 1])
      findings.push(...(await exhaust(broken, { depth: 'singles', paths: [PATH], slice: { index, of: 2 } })).findings);
    expect(findings.filter(({ faults }) => faults.length === 0)).toHaveLength(1);
  });
});
