import { type AtomShape, type AtomTexts, type AtomWords, source } from './texts.ts';

/** How the workflow language sees it: the same as its contract below. */
export const MAILING_SHAPE: AtomShape = {
  input: {
    type: 'object',
    properties: { orderId: { type: 'string', minLength: 1 }, email: { type: 'string', format: 'email' } },
    required: ['orderId', 'email'],
  },
  output: { type: 'object', properties: { messageId: { type: 'string' } }, required: ['messageId'] },
};

/** An atom that sends a mail, which may come twice: nobody can ask whether it went out. */
export const mailingAtom = ({ name, identifier, summary }: AtomWords): AtomTexts => ({
  contract: `
import * as z from 'zod';
import { contract, mail, unguarded } from '../../../lib/contract/index.ts';

export const ${identifier} = contract({
  name: '${name}',
  version: '1.0.0',
  summary: ${source(summary ?? 'Mails the customer that the order has come in.')},
  input: z.object({ orderId: z.string().min(1), email: z.email() }),
  output: z.object({ messageId: z.string() }),
  effect: unguarded({ duplicates: 'harmless' }),
  uses: [mail],
});
`,
  handler: `
import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { environment, serve } from '../../../lib/runtime/index.ts';
import { ${identifier} } from './contract.ts';

const ses = new SESv2Client({ maxAttempts: 1 });

export const handler = serve(${identifier}, async ({ orderId, email }, { signal }) => {
  const sent = await ses.send(
    new SendEmailCommand({
      FromEmailAddress: environment('MAIL_FROM'),
      Destination: { ToAddresses: [email] },
      Content: {
        Simple: {
          Subject: { Data: \`Your order \${orderId}\` },
          Body: { Text: { Data: \`Thank you. Your order \${orderId} has come in.\` } },
        },
      },
    }),
    { abortSignal: signal },
  );
  return { messageId: sent.MessageId ?? 'unknown' };
});
`,
  test: `
import { expect, jest, test } from '@jest/globals';
import { Transient } from '../../../lib/runtime/index.ts';
import { runAtom, testAtom } from '../../../lib/testing/index.ts';
import { handler } from './handler.ts';

const order = { orderId: 'o-1', email: 'ann@example.com' };

test('every order ends, whatever goes wrong', () => testAtom(handler, { inputs: [order] }));

test('the customer is told of the order', async () => {
  const SendEmail = jest.fn(() => ({ MessageId: 'm-1' }));
  const { output } = await runAtom(handler, order, { aws: { SendEmail }, environment: { MAIL_FROM: 'shop@example.com' } });
  expect(output).toEqual({ messageId: 'm-1' });
  expect(SendEmail.mock.calls).toMatchObject([
    [
      {
        FromEmailAddress: 'shop@example.com',
        Destination: { ToAddresses: ['ann@example.com'] },
        Content: { Simple: { Subject: { Data: 'Your order o-1' } } },
      },
    ],
  ]);
});

test('mail that is refused for now is tried again', async () => {
  const SendEmail = () => {
    throw Object.assign(new Error('Slow down.'), { name: 'TooManyRequestsException' });
  };
  await expect(runAtom(handler, order, { aws: { SendEmail } })).rejects.toThrow(Transient);
});
`,
});
