/** docs/protocol.md on messages: late ones, wrong ones, those that nobody waits for, and answers that cannot pass. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { SQSBatchResponse } from 'aws-lambda';
import * as z from 'zod';
import { compensation, contract, days, keyed, seconds, unguarded } from '../../lib/contract/index.ts';
import { type AtomFunction, serve, Transient } from '../../lib/runtime/index.ts';
import { Bank } from '../fakes/bank.ts';
import { batch, envelope, lambdaContext, record } from '../fakes/delivery.ts';
import { stageUnderTest } from '../fakes/protocol.ts';

const stage = stageUnderTest('step-protocol-delivery');
const VALUE = { chargeId: 'charge of 7' };

let orders = 0;

function order() {
  orders += 1;
  const key = { execution: `ship-order:d-${orders}-`, step: 'payment' };
  const message = (more: object = {}) =>
    envelope({ ...key, contract: 'charge-card@1.0.0', input: { amount: 7 }, ...more });
  return { bank: new Bank(), key, message, record: () => stage.record(key) };
}

describe('an attempt whose time to begin is over', () => {
  const late = () => ({ notStartedAfter: Date.now() - 1 });

  test('is not begun, not answered, acknowledged and counted, and leaves no record', async () => {
    const { bank, key, message, record } = order();
    const waiting = await stage.waiting();
    expect(await stage.give(bank.charging(), message({ ...late(), token: waiting.token }))).toBe(true);
    expect(await waiting.waits()).toBe(true);
    expect([bank.asked, await record()]).toEqual([[], undefined]);
    expect(stage.lines.filter(({ execution }) => execution === key.execution)).toMatchObject([
      { happening: 'stale', Stale: 1 },
    ]);
  });

  test('is answered all the same when the step has its outcome: a replay is never stale', async () => {
    const { bank, key, message } = order();
    await stage.give(bank.charging(), message());
    const waiting = await stage.waiting();
    await stage.give(bank.charging(), message({ ...late(), token: waiting.token }));
    expect(await waiting.heard()).toEqual({ output: VALUE });
    expect([bank.asked.length, stage.happenings(key.execution)]).toEqual([1, ['done', 'replayed']]);
  });

  test('is not begun where an earlier one left the step open', async () => {
    const { bank, message, record } = order();
    bank.will('answer lost');
    await stage.give(bank.charging(), message({ token: (await stage.waiting()).token }));
    await stage.give(bank.charging(), message(late()));
    expect(bank.asked).toHaveLength(1);
    expect(await record()).toMatchObject({ status: 'INPROGRESS', attempts: 1 });
  });

  test('is told from one that the fence refuses', async () => {
    const { bank, key, message } = order();
    await stage.settle(bank.charging(), envelope({ ...key, verb: 'settle', contract: 'charge-card@1.0.0' }));
    await stage.give(bank.charging(), message(late()));
    await stage.give(bank.charging(), message());
    expect(stage.happenings(key.execution)).toEqual(['settled', 'fenced', 'fenced']);
    expect(bank.asked).toEqual([]);
  });
});

test('a message that comes after all is over is acknowledged and counted, whatever the record says', async () => {
  const { bank, key, message } = order();
  await stage.give(bank.charging(), message());
  const waiting = await stage.waiting();
  expect(await stage.give(bank.charging(), message({ notAfter: Date.now() - 1, token: waiting.token }))).toBe(true);
  expect(await waiting.waits()).toBe(true);
  expect(stage.happenings(key.execution)).toEqual(['done', 'expired']);
});

test('the same message twice in one batch is performed once: the other waits or, if it comes after, is replayed', async () => {
  const { bank, key, message } = order();
  const waiting = await stage.waiting();
  const twice = [record(message({ token: waiting.token })), record(message({ token: waiting.token }))];
  const { batchItemFailures } = (await bank.charging()(batch(...twice), lambdaContext)) as SQSBatchResponse;
  const [first, second] = [...stage.happenings(key.execution)].sort();
  expect([first, bank.asked.length]).toEqual(['done', 1]);
  expect(['replayed', 'waiting']).toContain(second);
  expect(batchItemFailures).toHaveLength(second === 'waiting' ? 1 : 0);
  expect(await waiting.heard()).toEqual({ output: VALUE });
});

describe('a message that is wrong', () => {
  test('in its shape is dead-lettered with the reason, and its token failed, so that nobody waits for nothing', async () => {
    const { bank, message } = order();
    const waiting = await stage.waiting();
    const wrong = JSON.stringify({ ...message({ token: waiting.token }), attempt: 'first' });
    expect(await stage.give(bank.charging(), wrong)).toBe(true);
    const reason = 'attempt is "first"; it is a number.';
    expect(await waiting.heard()).toEqual({ error: 'Contract', cause: { message: reason } });
    expect(await stage.buried()).toEqual([{ body: wrong, reason }]);
  });

  test('because it is no JSON is dead-lettered with the reason', async () => {
    expect(await stage.give(new Bank().charging(), 'hello')).toBe(true);
    expect(await stage.buried()).toEqual([{ body: 'hello', reason: expect.stringMatching(/^The message is no JSON/) }]);
  });

  test('but comes for a step that is done is answered with what was done', async () => {
    const { bank, key, message } = order();
    await stage.give(bank.charging(), message());
    const waiting = await stage.waiting();
    await stage.give(bank.charging(), message({ input: { amount: 'seven' }, token: waiting.token }));
    expect(await waiting.heard()).toEqual({ output: VALUE });
    expect([bank.asked.length, stage.happenings(key.execution)]).toEqual([1, ['done', 'replayed']]);
  });

  test('because its input is too large for its record is answered Contract before anything is done', async () => {
    const { bank, message, record } = order();
    const waiting = await stage.waiting();
    await stage.give(
      bank.charging(),
      message({ input: { amount: 7, note: 'x'.repeat(160_000) }, token: waiting.token }),
    );
    expect(await waiting.heard()).toEqual({
      error: 'Contract',
      cause: {
        message: expect.stringMatching(
          /^The input of charge-card@1.0.0 has 160022 bytes; at most 153600 can be recorded\. Producer: /,
        ),
      },
    });
    expect([bank.asked, await record()]).toEqual([[], undefined]);
  });

  test.each([
    ['another major version', { contract: 'charge-card@2.0.0' }],
    ['another atom', { contract: 'reserve-stock@1.0.0' }],
    ['an input that breaks the contract', { input: { amount: 'seven' } }],
  ])('because of %s is answered Contract, and leaves no record', async (_, wrong) => {
    const { bank, message, record } = order();
    const waiting = await stage.waiting();
    expect(await stage.give(bank.charging(), message({ ...wrong, token: waiting.token }))).toBe(true);
    expect(await waiting.heard()).toMatchObject({ error: 'Contract' });
    expect([bank.asked, await record()]).toEqual([[], undefined]);
  });
});

describe('a token', () => {
  test('that was answered already is no error: the message is acknowledged, and the log says that nobody heard', async () => {
    const { bank, key, message } = order();
    const waiting = await stage.waiting();
    const twice = message({ token: waiting.token });
    await stage.give(bank.charging(), twice);
    expect(await stage.give(bank.charging(), twice)).toBe(true);
    expect(stage.lines.filter(({ execution }) => execution === key.execution)).toMatchObject([
      { happening: 'done', heard: true },
      { happening: 'replayed', heard: false },
    ]);
  });

  test('that Step Functions does not know is no error either', async () => {
    const { bank, message } = order();
    expect(await stage.give(bank.charging(), message({ token: 'made up' }))).toBe(true);
    expect(bank.charges.size).toBe(1);
  });
});

describe('an answer that cannot pass', () => {
  const wordy = contract({
    name: 'write-letter',
    version: '1.0.0',
    summary: 'Answers at length.',
    input: z.object({ bytes: z.int() }),
    output: z.object({ text: z.string() }),
    effect: keyed({ keyLifetime: days(1) }),
    timeout: seconds(1),
  });

  const atom = serve(wordy, ({ bytes }) => ({ text: 'x'.repeat(bytes) }));

  test('nor be recorded breaks the contract: whether it happened stays unknown, and a person has to look', async () => {
    const { key, record } = order();
    const waiting = await stage.waiting();
    const message = envelope({ ...key, contract: 'write-letter@1.0.0', input: { bytes: 250_000 } });
    await stage.give(atom, { ...message, token: waiting.token });
    const reason = 'The output of write-letter@1.0.0 has 250011 bytes; at most 235520 can be recorded.';
    const told = `${reason} Producer: ${key.execution}/payment, compiled against write-letter@1.0.0. Consumer: write-letter@1.0.0.`;
    expect(await waiting.heard()).toEqual({ error: 'Contract', cause: { message: told } });
    expect(await record()).toMatchObject({ status: 'INPROGRESS', attempts: 1 });
    const settle = envelope({ ...key, verb: 'settle', contract: 'write-letter@1.0.0' });
    expect(await stage.settle(atom, settle)).toEqual({ happened: 'unknown', reason });
  });

  test('is recorded, because the effect happened, and answered as a broken contract', async () => {
    const { key, record } = order();
    const ask = async (token: string) =>
      stage.give(atom, envelope({ ...key, contract: 'write-letter@1.0.0', input: { bytes: 220_000 }, token }));
    const [first, second] = [await stage.waiting(), await stage.waiting()];
    await ask(first.token);
    await ask(second.token);
    const broken = {
      error: 'Contract',
      cause: { message: 'The answer has 220011 bytes; at most 204800 can be answered.' },
    };
    expect([await first.heard(), await second.heard()]).toEqual([broken, broken]);
    expect(await record()).toMatchObject({ status: 'COMPLETED', attempts: 1 });
    const settlement = await stage.settle(atom, envelope({ ...key, verb: 'settle', contract: 'write-letter@1.0.0' }));
    expect(settlement.happened).toBe(true);
  });
});

describe('what a handler answers is recorded as JSON would have it', () => {
  const odd = <S extends z.ZodType>(output: S) =>
    contract({
      name: 'odd',
      version: '1.0.0',
      summary: 'Answers odd things.',
      input: z.object({}),
      output,
      effect: keyed({ keyLifetime: days(1) }),
      timeout: seconds(1),
    });

  test.each<readonly [string, AtomFunction, unknown]>([
    ['nothing', serve(odd(z.void()), () => undefined as never), null],
    ['null', serve(odd(z.null()), () => null as never), null],
    ['a date', serve(odd(z.object({ at: z.date() })), () => ({ at: new Date(0) })), { at: '1970-01-01T00:00:00.000Z' }],
    ['a large number', serve(odd(z.object({ n: z.number() })), () => ({ n: 2 ** 60 })), { n: 2 ** 60 }],
    ['a fraction', serve(odd(z.object({ n: z.number() })), () => ({ n: 0.1 + 0.2 })), { n: 0.1 + 0.2 }],
    ['an absent field', serve(odd(z.object({ a: z.string().optional() })), () => ({ a: undefined })), {}],
    [
      'empty things',
      serve(odd(z.unknown()), () => ({ a: '', b: [], c: {}, d: null })),
      { a: '', b: [], c: {}, d: null },
    ],
  ])('%s', async (_, atom, output) => {
    const { key } = order();
    const [first, second] = [await stage.waiting(), await stage.waiting()];
    for (const { token } of [first, second]) {
      await stage.give(atom, envelope({ ...key, contract: 'odd@1.0.0', input: {}, token }));
    }
    expect([await first.heard(), await second.heard()]).toEqual([{ output }, { output }]);
    const settled = await stage.settle(atom, envelope({ ...key, verb: 'settle', contract: 'odd@1.0.0' }));
    expect(settled).toEqual({ happened: true, reason: 'the step is recorded as done' });
  });
});

describe('a handler gets its input as its schema has parsed it', () => {
  const seen: unknown[] = [];
  const attempts: number[] = [];
  const definition = {
    version: '1.0.0',
    summary: 'Takes a day.',
    output: z.object({}),
    effect: keyed({ keyLifetime: days(1) }),
    timeout: seconds(1),
  };
  const book = contract({
    ...definition,
    name: 'book-room',
    input: z.object({ day: z.iso.date().transform((text) => new Date(text)), beds: z.int().default(1) }),
  });
  const booking = (failing = false): AtomFunction =>
    serve(book, (input, { attempt }) => {
      seen.push(input);
      attempts.push(attempt);
      if (failing) throw new Transient('busy');
      return {};
    });
  const cancelling = serve(compensation(book, { ...definition, name: 'cancel-room' }), ({ input }) => {
    seen.push(input);
    return {};
  });
  const parsed = { day: new Date('2026-01-31'), beds: 1 };

  test('in each attempt, when it is issued again by settle, and when it is undone', async () => {
    const { key } = order();
    const message = (more: object) => envelope({ ...key, contract: 'book-room@1.0.0', ...more });
    const input = { day: '2026-01-31' };
    for (const { token } of [await stage.waiting(), await stage.waiting()]) {
      await stage.give(booking(true), message({ input, token }));
    }
    await stage.settle(booking(), message({ verb: 'settle' }));
    await stage.give(cancelling, message({ verb: 'undo', contract: 'cancel-room@1.0.0' }));
    expect(seen).toEqual([parsed, parsed, parsed, parsed]);
    expect(attempts).toEqual([1, 2, 3]);
  });
});

describe('an effect of which nobody can tell, where a duplicate harms nobody', () => {
  const definition = {
    name: 'mail-receipt',
    version: '1.0.0',
    summary: 'Mails a receipt.',
    input: z.object({ orderId: z.string() }),
    output: z.object({ messageId: z.string() }),
    effect: unguarded({ duplicates: 'harmless' }),
    timeout: seconds(1),
  };
  const mail = contract(definition);

  /** A send: no token, no time by which it has to begin. */
  function sent() {
    const { key, record } = order();
    const message = envelope({ ...key, step: 'receipt', contract: 'mail-receipt@1.0.0', input: { orderId: 'o' } });
    const mails: number[] = [];
    const mailing = (failures = 0): AtomFunction =>
      serve(mail, () => {
        mails.push(Date.now());
        if (mails.length <= failures) throw new Transient('The mail server is busy.');
        return { messageId: `m-${mails.length}` };
      });
    return { key, message, mails, mailing, record };
  }

  test('is tried again by the queue until it succeeds, each time later', async () => {
    const { key, message, mails, mailing } = sent();
    await stage.deliver([mailing(2)], [message]);
    expect(mails).toHaveLength(3);
    expect(stage.happenings(key.execution)).toEqual(['failed', 'failed', 'done']);
  });

  test('is sent once however often the message is delivered after it succeeded', async () => {
    const { message, mails, mailing } = sent();
    await stage.deliver([mailing()], [message]);
    await stage.deliver([mailing()], [message]);
    expect(mails).toHaveLength(1);
  });

  test('that is declined after an attempt whose outcome is unknown is unknown itself', async () => {
    const { key } = order();
    const bouncing = contract({ ...definition, failures: { Bounced: z.object({}) } });
    let attempts = 0;
    const mailing = serve(bouncing, (_, { fail }) => {
      attempts += 1;
      if (attempts === 1) throw new Transient('The mail server is busy.');
      return fail('Bounced', {});
    });
    const [first, second] = [await stage.waiting(), await stage.waiting()];
    for (const { token } of [first, second]) {
      const input = { orderId: 'o' };
      await stage.give(mailing, envelope({ ...key, contract: 'mail-receipt@1.0.0', input, token }));
    }
    expect(await first.heard()).toMatchObject({ error: 'Transient' });
    expect(await second.heard()).toMatchObject({ error: 'OutcomeUnknown' });
  });

  test('stays unknown when it is settled, and the provider is not asked', async () => {
    const { key, message, mails, mailing } = sent();
    await stage.give(mailing(1), message);
    const settle = envelope({ ...key, step: 'receipt', verb: 'settle', contract: 'mail-receipt@1.0.0' });
    expect(await stage.settle(mailing(), settle)).toEqual({
      happened: 'unknown',
      reason: 'the provider can neither deduplicate nor be asked',
    });
    expect(mails).toHaveLength(1);
  });
});

test('a handler that outlives its time is told to stop, and its step is open for the next attempt at once', async () => {
  const { key, message, record } = order();
  let aborted = false;
  const slow = serve(
    contract({
      name: 'charge-card',
      version: '1.0.0',
      summary: 'Takes its time.',
      input: z.object({ amount: z.int() }),
      output: z.object({ chargeId: z.string() }),
      effect: keyed({ keyLifetime: days(1) }),
      timeout: seconds(1),
    }),
    async (_, { signal }) => {
      await sleep(5_000, undefined, { signal }).catch(() => {
        aborted = true;
      });
      return VALUE;
    },
  );
  const waiting = await stage.waiting();
  await stage.give(slow, message({ token: waiting.token }));
  expect(await waiting.heard()).toEqual({
    error: 'Transient',
    cause: { message: 'charge-card took longer than its 1000 ms.' },
  });
  expect(aborted).toBe(true);
  expect(await record()).toMatchObject({ ...key, status: 'INPROGRESS', lease: 0, attempts: 1 });
});
