import { describe, expect, test } from '@jest/globals';
import { tinySimulation } from '../../../test/fakes/tiny.ts';
import { FAULTS, NO_FAULTS, type PlannedFault, PlannedFaults, type Point, Points } from './fault.ts';

const KINDS = ['refused', 'crash-after'] as const;

/** Points of a run in which time passes by one at each. */
function points(planned: readonly PlannedFault[] = []) {
  let now = 0;
  return new Points(planned.length > 0 ? new PlannedFaults(planned) : NO_FAULTS, () => (now += 1));
}

test('a point is numbered by how often the same happened before', () => {
  const run = points();
  for (const label of [
    'o-1/payment UpdateItem',
    'o-2/payment UpdateItem',
    'o-1/payment UpdateItem',
    'o-1/payment GetItem',
  ])
    run.reach(label, KINDS);
  expect(run.reached).toEqual([
    { id: 'o-1/payment UpdateItem#1', at: 1, kinds: KINDS },
    { id: 'o-2/payment UpdateItem#1', at: 2, kinds: KINDS },
    { id: 'o-1/payment UpdateItem#2', at: 3, kinds: KINDS },
    { id: 'o-1/payment GetItem#1', at: 4, kinds: KINDS },
  ]);
  expect(run.struck).toEqual([]);
});

describe('a planned fault', () => {
  test('strikes once, at its own point, and is noted', () => {
    const fault = { at: 'a#2', kind: 'crash-after' } as const;
    const run = points([fault]);
    expect([1, 2, 3].map(() => run.reach('a', KINDS))).toEqual([undefined, 'crash-after', undefined]);
    expect(run.reach('b', KINDS)).toBeUndefined();
    expect(run.struck).toEqual([fault]);
  });

  test('that cannot happen at its point does not', () => {
    const run = points([{ at: 'a#1', kind: 'garbled' }]);
    expect([run.reach('a', KINDS), run.struck]).toEqual([undefined, []]);
  });
});

test('every fault is told in words that follow the name of what it strikes', () => {
  for (const words of Object.values(FAULTS)) expect(words).toMatch(/^(is|lies|goes|breaks|seems|collides) [^.]+$/);
});

describe('in runs of a workflow', () => {
  const simulation = tinySimulation();
  const run = (faults: readonly PlannedFault[]) =>
    simulation.run([simulation.order('one')], { faults: new PlannedFaults(faults) });

  test('no point has the number of another', async () => {
    const ids = (await run([])).points.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('points are the same, at the same times, up to the fault of a run', async () => {
    const { points: sound } = await run([]);
    for (const [index, { id, kinds }] of sound.entries()) {
      for (const kind of kinds) {
        const { points: reached, struck } = await run([{ at: id, kind }]);
        expect(reached.slice(0, index + 1)).toEqual(sound.slice(0, index + 1) satisfies readonly Point[]);
        expect(struck).toEqual([{ at: id, kind }]);
      }
    }
  });
});
