import { describe, expect } from '@jest/globals';
import { kill, loseAnswer } from '../../faults/index.ts';
import { FULFILLED, REFUNDED, undosBefore, upTo } from './books.ts';
import { type Open, onEmulator, sideBySide } from './side-by-side.ts';

export function lostAnswers(harness: Open): void {
  describe('answers that are lost', () => {
    const once = sideBySide(async () => {
      const order = await harness().order('lost-once');
      harness().faults.inject({
        operation: 'http.POST /charges',
        body: new RegExp(order.orderId),
        nth: 1,
        action: loseAnswer(),
      });
      await harness().send(order);
      return { order, state: await harness().ended(order) };
    });
    onEmulator(
      'once: the retry hears it; one charge, no refund',
      async () => {
        const { order, state } = await once();
        expect(state.status).toBe('SUCCEEDED');
        expect(await harness().books(order)).toEqual(FULFILLED);
        const [charge] = await harness().ledger('payments', order);
        expect(charge?.calls).toBeGreaterThanOrEqual(2);
      },
      120_000,
    );

    const everyAttempt = [
      {
        step: 'payment',
        operation: 'http.POST /charges',
        books: REFUNDED,
      },
      {
        step: 'shipment',
        operation: 'http.POST /shipments',
        books: { ...REFUNDED, shipments: 1, cancellations: 1 },
      },
    ];
    for (const { step, operation, books } of everyAttempt) {
      const always = sideBySide(async () => {
        const order = await harness().order(`lost-${step}`);
        harness().faults.inject({ operation, body: new RegExp(order.orderId), times: 4, action: loseAnswer() });
        await harness().send(order);
        return { order, state: await harness().ended(order) };
      });
      onEmulator(
        `in every attempt of ${step}: the settlement hears it; what happened is undone once, newest first, and it fails as compensated`,
        async () => {
          const { order, state } = await always();
          expect(state).toMatchObject({ status: 'FAILED', error: 'Compensated.Transient' });
          expect(await harness().books(order)).toEqual(books);
          expect(await harness().states(order)).toEqual([
            ...upTo(step),
            `settle-${step}`,
            ...undosBefore(step, true),
            'how-it-ended',
            'end-failed',
          ]);
        },
        120_000,
      );
    }
  });

  describe('a Lambda that is killed after the charge and before its record', () => {
    const killed = sideBySide(async () => {
      const order = await harness().order('killed');
      // The first write claims the key, the second one would record the charge.
      const injection = harness().faults.inject({
        function: 'charge-payment-v1',
        operation: 'dynamodb.UpdateItem',
        body: new RegExp(order.eventId),
        nth: 2,
        action: kill('before'),
      });
      await harness().send(order);
      const state = await harness().ended(order);
      if (injection.hits !== 1 || injection.error) throw new Error(`Nobody was killed: ${String(injection.error)}`);
      return { order, state };
    });
    onEmulator(
      'is recovered by the next attempt: one charge',
      async () => {
        const { order, state } = await killed();
        expect(state.status).toBe('SUCCEEDED');
        expect(await harness().books(order)).toEqual(FULFILLED);
      },
      120_000,
    );
  });
}
