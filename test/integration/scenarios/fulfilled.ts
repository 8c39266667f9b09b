import { describe, expect, test } from '@jest/globals';
import { FULFILLED, HAPPY_PATH } from './books.ts';
import { type Open, onEmulator, sideBySide } from './side-by-side.ts';

export function fulfilledOrders(harness: Open): void {
  describe('an order that nothing happens to', () => {
    const happy = sideBySide(() => harness().run('happy'));

    test('is fulfilled, charged once, shipped once', async () => {
      const { order, state } = await happy();
      expect(state.output).toEqual({
        status: 'succeeded',
        value: { chargeId: expect.stringMatching(/^ch_/), shipmentId: expect.any(String), total: 5_490 },
      });
      expect(await harness().books(order)).toEqual(FULFILLED);
    }, 120_000);

    test('enters one state a step, choose, emit and send counting one each', async () => {
      const { order } = await happy();
      expect(await harness().states(order)).toEqual(HAPPY_PATH);
    });

    onEmulator('is told to the customer by mail, once', async () => {
      const { order } = await happy();
      const mails = await harness().eventually(async () => {
        const found = await mailsTo(harness().target.endpoint, `${order.orderId}@example.com`);
        return found.length > 0 ? found : undefined;
      }, 'the mail');
      expect(mails).toHaveLength(1);
    });
  });
}

async function mailsTo(endpoint: string | undefined, address: string): Promise<readonly unknown[]> {
  const response = await fetch(`${endpoint}/_ministack/ses/messages`);
  const { messages } = (await response.json()) as { messages: Readonly<Record<string, readonly unknown[]>> };
  return Object.values(messages)
    .flat()
    .filter((mail) => JSON.stringify(mail).includes(address));
}
