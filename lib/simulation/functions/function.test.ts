import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { LambdaWorld, TIMEOUT_MILLISECONDS } from '../../../test/fakes/lambda.ts';
import { SimulatedFunction } from './function.ts';

const COLD = 300;
const WARM = 1;

/** A function that does what its event says; when each event was received is in `begun`. */
function deployed() {
  const world = new LambdaWorld();
  const begun: number[] = [];
  const code = async (event: unknown): Promise<unknown> => {
    begun.push(world.timeline.now);
    if (event === 'throw') throw new Error('no');
    if (event === 'hang') await new Promise(() => undefined);
    if (typeof event === 'number') await sleep(event);
    return event;
  };
  const fn = new SimulatedFunction(world.around, world.settings(code));
  const ends: string[] = [];
  /** Invokes it at some time. */
  const invokeAt = (at: number, event: unknown): void => {
    world.timeline.after(at, () => fn.invoke(event, (end) => ends.push(`${world.timeline.now} ${end.kind}`)));
  };
  return { world, begun, ends, invokeAt };
}

test('the first event waits for a cold start, the next one for none', async () => {
  const { world, begun, ends, invokeAt } = deployed();
  invokeAt(0, 'first');
  invokeAt(10_000, 'second');
  await world.run();
  expect(begun).toEqual([COLD, 10_000 + WARM]);
  expect(ends).toEqual([`${COLD} returned`, `${10_000 + WARM} returned`]);
});

test('events at the same time have an instance each, which later ones find warm', async () => {
  const { world, begun, invokeAt } = deployed();
  for (const at of [0, 0, 10_000, 10_000, 10_000]) invokeAt(at, 1_000);
  await world.run();
  expect(begun).toEqual([COLD, COLD, 10_000 + WARM, 10_000 + WARM, 10_000 + COLD]);
});

test('an instance whose handler threw is used again', async () => {
  const { world, begun, ends, invokeAt } = deployed();
  invokeAt(0, 'throw');
  invokeAt(10_000, 'next');
  await world.run();
  expect([begun, ends[0]]).toEqual([[COLD, 10_000 + WARM], `${COLD} threw`]);
});

test('an instance that timed out is gone: the next event waits for a cold start', async () => {
  const { world, begun, ends, invokeAt } = deployed();
  invokeAt(0, 'hang');
  invokeAt(20_000, 'next');
  await world.run();
  expect([begun, ends[0]]).toEqual([[COLD, 20_000 + COLD], `${COLD + TIMEOUT_MILLISECONDS} timed-out`]);
});
