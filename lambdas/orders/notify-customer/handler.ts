import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { environment, serve } from '../../../lib/runtime/index.ts';
import { notifyCustomer } from './contract.ts';

const ses = new SESv2Client({ maxAttempts: 1 });

export const handler = serve(notifyCustomer, async ({ orderId, email, shipmentId, total }, { signal }) => {
  const sent = await ses.send(
    new SendEmailCommand({
      FromEmailAddress: environment('MAIL_FROM'),
      Destination: { ToAddresses: [email] },
      Content: {
        Simple: {
          Subject: { Data: `Your order ${orderId} is on its way` },
          Body: { Text: { Data: `We charged ${(total / 100).toFixed(2)} and shipped it as ${shipmentId}.` } },
        },
      },
    }),
    { abortSignal: signal },
  );
  return { messageId: sent.MessageId ?? 'unknown' };
});
