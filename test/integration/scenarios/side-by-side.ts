import { test } from '@jest/globals';
import type { Harness } from '../harness.ts';

/** What tests look at: a harness that is open by the time they run. */
export type Open = () => Harness;

/** Tests that need the fault proxy or the emulator's own queues. */
export const onEmulator = (process.env.BREAKWATER_TARGET ?? 'emulator') === 'emulator' ? test : test.skip;

const registered: (() => void)[] = [];
let begun = false;

/**
 * Work of one test that is begun together with that of all others, for most of it is waiting. The first test that asks
 * for a result begins them all.
 */
export function sideBySide<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  const begin = (): Promise<T> => {
    if (!running) {
      running = work();
      running.catch(() => undefined); // told by the test that asks for it
    }
    return running;
  };
  registered.push(begin);
  return () => {
    if (!begun) {
      begun = true;
      for (const each of registered) each();
    }
    return begin();
  };
}
