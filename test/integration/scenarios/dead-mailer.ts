import { describe, expect } from '@jest/globals';
import { throttle } from '../../faults/index.ts';
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
      'leaves the order fulfilled, and the message in the dead-letter queue',
      async () => {
        const { order, state } = await unmailed();
        expect(state.status).toBe('SUCCEEDED');
        expect(await harness().books(order)).toEqual(FULFILLED);
        await harness().eventually(
          async () => {
            const dead = await harness().app.peek('notify-customer-v1-dead-letters');
            return dead.find(({ Body = '' }) => Body.includes(order.orderId));
          },
          'the dead letter',
          120,
        );
      },
      180_000,
    );
  });
}
