import { expect, jest, test } from '@jest/globals';
import { Transient } from '../../../lib/runtime/index.ts';
import { runAtom, testAtom } from '../../../lib/testing/index.ts';
import { handler } from './handler.ts';

const shipped = { orderId: 'o-1', email: 'ann@example.com', shipmentId: 'sh-1', total: 2_990 };

test('the contract is kept, whatever goes wrong', () => testAtom(handler));

test('the customer is told what was charged and how it was shipped', async () => {
  const SendEmail = jest.fn(() => ({ MessageId: 'm-1' }));
  const environment = { MAIL_FROM: 'shop@example.com' };
  const { output } = await runAtom(handler, shipped, { aws: { SendEmail }, environment });
  expect(output).toEqual({ messageId: 'm-1' });
  expect(SendEmail.mock.calls).toEqual([
    [
      {
        FromEmailAddress: 'shop@example.com',
        Destination: { ToAddresses: ['ann@example.com'] },
        Content: {
          Simple: {
            Subject: { Data: 'Your order o-1 is on its way' },
            Body: { Text: { Data: 'We charged 29.90 and shipped it as sh-1.' } },
          },
        },
      },
    ],
  ]);
});

test('mail that is refused for now is tried again', async () => {
  const SendEmail = () => {
    throw Object.assign(new Error('Slow down.'), { name: 'TooManyRequestsException' });
  };
  await expect(runAtom(handler, shipped, { aws: { SendEmail } })).rejects.toThrow(Transient);
});
