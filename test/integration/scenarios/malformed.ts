import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import type { Open } from './side-by-side.ts';

export function malformedMessages(harness: Open): void {
  describe('a malformed envelope', () => {
    test.each([
      ['no JSON', 'hello', /no JSON/],
      ['an unknown protocol version', '{"breakwater":99}', /speaks version 1/],
      ['a missing step', '{"breakwater":1,"verb":"do","execution":"w:x"}', /step is missing/],
    ])(
      '(%s) goes to the dead-letter queue at once, with the reason',
      async (_, body, reason) => {
        const marked = `${body}${' '.repeat(1 + Math.floor(Math.random() * 1_000))}`;
        await harness().app.sqs.send(
          new SendMessageCommand({ QueueUrl: await harness().app.queueUrl('charge-payment-v1'), MessageBody: marked }),
        );
        const dead = await harness().eventually(async () => {
          const messages = await harness().app.peek('charge-payment-v1-dead-letters');
          return messages.find(({ Body }) => Body === marked);
        }, 'the dead letter');
        expect(dead.MessageAttributes?.reason?.StringValue).toMatch(reason);
      },
      60_000,
    );
  });
}
