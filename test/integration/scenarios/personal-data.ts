import { describe, expect } from '@jest/globals';
import { type Open, onEmulator } from './side-by-side.ts';

/** What the orders of these tests hold: see `Harness.order`, and the event whose mail address is "nobody", which is told. */
const PERSONAL = /@example\.com|@mailinator|tok_|"nobody\\*"/i;

/** Runs late: what was logged in all tests before, of orders that went well, failed, were refused and came twice. */
export function personalData(harness: Open): void {
  describe('the logs of all functions and state machines', () => {
    onEmulator(
      'hold no customer’s mail address and no card, though they tell of the orders',
      async () => {
        let deliveries = 0;
        const telling: string[] = [];
        for await (const line of harness().logged()) {
          if (line.includes('"happening":')) deliveries += 1;
          if (PERSONAL.test(line)) telling.push(line);
        }
        expect(telling).toEqual([]);
        expect(deliveries).toBeGreaterThan(50);
      },
      240_000,
    );
  });
}
