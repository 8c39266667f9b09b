import { describe, expect, test } from '@jest/globals';
import { REFUNDED, UNTOUCHED, undosBefore, upTo } from './books.ts';
import { type Open, sideBySide } from './side-by-side.ts';

export function declaredFailures(harness: Open): void {
  describe('a declared failure undoes what came before it, newest first, and ends as declined', () => {
    const cases = [
      {
        name: 'risk',
        change: { email: 'x@mailinator.com', lines: [{ sku: 'desk', quantity: 50, unitPrice: 50_000 }] },
        failure: { step: 'review', name: 'RiskTooHigh' },
        books: UNTOUCHED,
      },
      {
        name: 'out-of-stock',
        available: 0,
        failure: { step: 'stock', name: 'OutOfStock' },
        books: { ...UNTOUCHED, stock: 0 },
      },
      {
        name: 'card-declined',
        change: { card: 'tok_declined' },
        failure: { step: 'payment', name: 'CardDeclined' },
        books: UNTOUCHED,
      },
      {
        name: 'no-carrier',
        change: { country: 'AQ' },
        failure: { step: 'shipment', name: 'NoCarrier' },
        books: REFUNDED,
      },
    ] as const;

    for (const each of cases) {
      const run = sideBySide(() =>
        harness().run(each.name, 'change' in each ? each.change : {}, 'available' in each ? each.available : 10),
      );
      test(`${each.failure.name} at ${each.failure.step}`, async () => {
        const { order, state } = await run();
        expect(state.status).toBe('SUCCEEDED');
        expect(state.output).toEqual({
          status: 'declined',
          failure: { ...each.failure, cause: expect.stringMatching(/^\{.*\}$/) },
        });
        expect(await harness().states(order)).toEqual([
          ...upTo(each.failure.step),
          ...undosBefore(each.failure.step),
          'how-it-ended',
          'end-declined',
        ]);
        expect(await harness().books(order)).toEqual(each.books);
      }, 120_000);
    }
  });
}
