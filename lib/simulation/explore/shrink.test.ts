import { expect, test } from '@jest/globals';
import { tinySimulation } from '../../../test/fakes/tiny.ts';
import { type PlannedFault, PlannedFaults } from '../faults/fault.ts';
import { invariant } from '../invariants/invariant.ts';
import type { Simulation } from '../simulation.ts';
import type { Order } from '../world/world.ts';
import type { Finding } from './finding.ts';
import { shrink } from './shrink.ts';

/** Wrong where each of these faults struck. */
const wrongWith = (...kinds: readonly string[]) =>
  invariant(
    `not ${kinds.join(' and ')}`,
    ({ struck }) => !kinds.every((kind) => struck.some((each) => each.kind === kind)) || 'They struck.',
  );

const fault = (at: string, kind: PlannedFault['kind']): PlannedFault => ({ at, kind });
const REFUSED = fault('a/twice task#1', 'service-refused');
const UNANSWERED = fault('a/twice task#2', 'service-unanswered');
const STOPPED = fault('b/twice entered#1', 'stopped');
const MISSED = fault('b ABORTED event#1', 'missed');
const NEVER = Array.from({ length: 9 }, (_, index) => fault(`a/twice task#${100 + index}`, 'service-refused'));

async function found(
  simulation: Simulation,
  orders: readonly Order[],
  faults: readonly PlannedFault[],
): Promise<Finding> {
  const { violations } = await simulation.run(orders, { seed: 3, disorder: true, faults: new PlannedFaults(faults) });
  expect(violations.length).toBeGreaterThan(0);
  return { orders, seed: 3, disorder: true, faults, violations };
}

test('of many faults the one is left that matters, and of many orders the one that it strikes', async () => {
  const simulation = tinySimulation(wrongWith('service-refused'));
  const orders = ['c', 'a', 'b', 'd'].map((id) => simulation.order('one', id));
  const faults = [...NEVER.slice(0, 4), STOPPED, MISSED, REFUSED, UNANSWERED, ...NEVER.slice(4)];
  const small = await shrink(simulation, await found(simulation, orders, faults));
  expect(small).toMatchObject({ faults: [REFUSED], orders: [{ id: 'a' }], seed: 3, disorder: true });
  expect(small.violations).toEqual([{ invariant: 'not service-refused', what: 'They struck.' }]);
});

test('two faults that only together do it are both left', async () => {
  const simulation = tinySimulation(wrongWith('service-unanswered', 'stopped'));
  const orders = ['a', 'b', 'c'].map((id) => simulation.order('one', id));
  const faults = [NEVER[0] as PlannedFault, REFUSED, UNANSWERED, MISSED, STOPPED];
  const small = await shrink(simulation, await found(simulation, orders, faults));
  // The second attempt is only reached because the first one was refused.
  expect(small.faults).toEqual([REFUSED, UNANSWERED, STOPPED]);
  expect(small.orders.map(({ id }) => id)).toEqual(['a', 'b']);
});

test('what is wrong without any fault is left with none', async () => {
  const simulation = tinySimulation(invariant('nothing ever holds', () => 'Nothing does.'));
  const small = await shrink(
    simulation,
    await found(simulation, [simulation.order('one', 'a')], [REFUSED, UNANSWERED]),
  );
  expect(small).toMatchObject({ faults: [], orders: [{ id: 'a' }] });
});

test('something else that is wrong is no reason to leave an order or a fault out', async () => {
  const stopped = invariant('none of two is stopped', ({ orders, struck }) => {
    const fine = orders.length < 2 || struck.every(({ kind }) => kind !== 'stopped');
    return fine || 'One was.';
  });
  const simulation = tinySimulation(wrongWith('service-refused'), stopped);
  const orders = [simulation.order('one', 'a'), simulation.order('one', 'b')];
  const finding = await found(simulation, orders, [REFUSED, STOPPED]);
  const ofStop = { ...finding, violations: finding.violations.filter(({ what }) => what === 'One was.') };
  expect(await shrink(simulation, ofStop)).toMatchObject({
    faults: [STOPPED],
    orders: [{ id: 'a' }, { id: 'b' }],
    violations: [{ what: 'One was.' }],
  });
});
