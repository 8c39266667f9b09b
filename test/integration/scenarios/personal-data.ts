import { describe, expect } from '@jest/globals';
import { type Open, onEmulator } from './side-by-side.ts';

/** Runs late: what was logged in all tests before, of orders that went well, failed, were refused and came twice. */
export function personalData(harness: Open): void {
  describe('the logs of all functions and state machines', () => {
    onEmulator(
      'hold no customer’s mail address and no card, though they tell of the orders',
      async () => {
        expect((await harness().logged('fulfil-order:')).length).toBeGreaterThan(100);
        expect(await harness().logged('@example.com')).toEqual([]);
        expect(await harness().logged('@mailinator')).toEqual([]);
        expect(await harness().logged('tok_')).toEqual([]);
      },
      60_000,
    );
  });
}
