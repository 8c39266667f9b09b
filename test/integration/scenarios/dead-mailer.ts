import { describe, expect } from '@jest/globals';
import { throttle } from '../../faults/index.ts';
import { WORKFLOW } from '../harness.ts';
import { FULFILLED } from './books.ts';
import { type Open, onEmulator, sideBySide } from './side-by-side.ts';

export function deadMailer(harness: Open): void {
  describe('a dead mailer', () => {
    const unmailed = sideBySide(async () => {
      const order = await harness().order('unmailed');
      harness().faults.inject({ operation: 'ses.SendEmail', body: new RegExp(order.orderId), action: throttle() });
      await harness().send(order);
      return { order, state: await harness().ended(order) };
    });
    onEmulator(
      'leaves the order fulfilled, and what could not be sent is parked, with the message',
      async () => {
        const { order, state } = await unmailed();
        expect(state.status).toBe('SUCCEEDED');
        expect(await harness().books(order)).toEqual(FULFILLED);
        const { parked, letter } = await harness().eventually(
          async () => {
            const rows = [...(await harness().app.records(WORKFLOW, order.eventId)).values()];
            const parked = rows.find(({ step }) => String(step).endsWith('~parked~send'));
            const letter = rows.find(({ parkedIn }) => parkedIn === 'dead-letters');
            return parked && letter && { parked, letter };
          },
          'the parked row and the letter',
          120,
        );
        expect(parked).toMatchObject({ verb: 'send', error: 'DeadLettered', parkedIn: WORKFLOW });
        expect(JSON.parse(String(parked.cause))).toMatchObject({ letter: letter.step });
        expect(letter).toMatchObject({ queue: 'notify-customer-v1', body: expect.stringContaining(order.orderId) });
      },
      180_000,
    );
  });
}
