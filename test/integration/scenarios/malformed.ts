import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import { listDeadLetters } from '../../../lib/operations/index.ts';
import { type Open, sideBySide } from './side-by-side.ts';

const MALFORMED: readonly (readonly [string, string, RegExp])[] = [
  ['no JSON', 'hello', /no JSON/],
  ['an unknown protocol version', '{"breakwater":99}', /speaks version 1/],
  ['a missing step', '{"breakwater":1,"verb":"do","execution":"w:x"}', /step is missing/],
];

export function malformedMessages(harness: Open): void {
  describe('a malformed envelope', () => {
    const sent = sideBySide(async () => {
      const { app } = harness();
      const mark = ' '.repeat(1 + Math.floor(Math.random() * 1_000));
      const QueueUrl = await app.queueUrl('charge-payment-v1');
      for (const [, body] of MALFORMED)
        await app.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `${body}${mark}` }));
      return mark;
    });
    test.each(MALFORMED)(
      '(%s) is kept as a row, with the reason, under its queue',
      async (_, body, reason) => {
        const bytes = Buffer.byteLength(`${body}${await sent()}`);
        const letter = await harness().eventually(async () => {
          const letters = await listDeadLetters(harness().app.dynamoDB, 'breakwater-records', 100);
          return letters.find((each) => reason.test(each.reason) && each.bytes === bytes);
        }, 'the dead letter');
        expect(letter).toMatchObject({ execution: 'dead-letters:charge-payment-v1', queue: 'charge-payment-v1' });
      },
      120_000,
    );
  });
}
