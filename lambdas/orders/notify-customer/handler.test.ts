import { expect, test } from '@jest/globals';
import { atomUnderTest } from '../../../test/fakes/atom-under-test.ts';
import { awsError } from '../../../test/fakes/aws.ts';
import { notifyCustomer } from './contract.ts';
import { handler } from './handler.ts';

const atom = atomUnderTest(handler, notifyCustomer, { MAIL_FROM: 'shop@example.com' });
const shipped = { orderId: 'o-1', email: 'ann@example.com', shipmentId: 'sh-1', total: 2_990 };

test('the customer is told what was charged and how it was shipped', async () => {
  atom.aws.answer('SendEmail', () => ({ MessageId: 'm-1' }));
  expect(await atom.does(shipped)).toEqual({ messageId: 'm-1' });
  expect(atom.aws.inputs('SendEmail')).toEqual([
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
  ]);
});

test('mail that is refused for now is tried again', async () => {
  atom.aws.answer('SendEmail', () => {
    throw awsError('TooManyRequestsException');
  });
  expect(await atom.does(shipped)).toMatchObject({ error: 'Transient' });
});
