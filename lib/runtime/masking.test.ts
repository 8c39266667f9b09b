import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { aroundFunction } from '../../test/fakes/atom-function.ts';
import { batch, envelope, lambdaContext, record } from '../../test/fakes/delivery.ts';
import { compensation, contract, days, keyed, personal, pure, unguarded } from '../contract/index.ts';
import type { Context } from './context.ts';
import { ContractBroken, OutcomeUnknown, Transient } from './errors.ts';
import { serve } from './serve.ts';

const base = { version: '1.0.0', summary: 'For a test.' } as const;
const Input = z.object({ orderId: z.string(), email: personal(z.email()), name: personal(z.string()) });
const greet = contract({
  ...base,
  name: 'greet',
  input: Input,
  output: z.object({ iban: personal(z.string()) }),
  failures: { Moved: z.object({ address: personal(z.string()) }) },
  effect: keyed({ keyLifetime: days(1) }),
});
const ungreet = compensation(greet, {
  ...base,
  name: 'ungreet',
  output: z.object({}),
  effect: keyed({ keyLifetime: days(1) }),
});
const tell = contract({
  ...base,
  name: 'tell',
  input: Input,
  output: z.object({ iban: personal(z.string()).optional() }),
  effect: pure,
});
const mail = contract({
  ...base,
  name: 'mail',
  input: Input,
  output: z.object({ iban: personal(z.string()) }),
  effect: unguarded({ duplicates: 'harmless' }),
});

const ANN = { orderId: 'o-17', email: 'ann@example.com', name: 'Ann' };
const IBAN = 'DE02120300000000202051';
const PERSONAL = /ann\b|example\.com|DE0212|example%2e/i;
const BROKEN = 'no mail to ANN@example.com (Ann), account {"iban":"DE02120300000000202051"}, order o-17';
const SHOWN = 'no mail to [personal] ([personal]), account {"iban":[personal]}, order o-17';

const { aws, texts, lines } = aroundFunction({}, (now) => ({ attempts: 1, lease: now + 10_000, input: ANN }));

const message = (of: string, more = {}) => batch(record(envelope({ contract: `${of}@1.0.0`, input: ANN, ...more })));

describe('personal data in an error that a handler throws', () => {
  const PARTIES = '. Producer: ship-order:o-1/payment, compiled against greet@1.0.0. Consumer: greet@1.0.0.';
  const cause = new Error('said Ann <ann@example.com>');
  test.each([
    ['that may be tried again', new Transient(BROKEN, { cause })],
    [
      'of no kind that is known',
      Object.assign(new RangeError(BROKEN), { email: 'ann@example.com', to: 'to ann@example.com' }),
    ],
    ['for good', new ContractBroken(BROKEN), PARTIES],
  ])('%s is neither in the log nor in what the state machine is told', async (_, error, parties = '') => {
    const failing = serve(greet, () => {
      throw error;
    });
    await failing(message('greet', { token: 't' }), lambdaContext);
    expect(lines()).toMatchObject([{ happening: 'failed', correlationId: 'o-1', error: { message: SHOWN + parties } }]);
    expect(texts.join()).not.toMatch(PERSONAL);
    expect(aws.inputs('SendTaskFailure')).toMatchObject([{ cause: JSON.stringify({ message: SHOWN + parties }) }]);
  });

  test('is not in the reason beside a dead letter, whose body is what it was', async () => {
    const failing = serve(mail, () => {
      throw new OutcomeUnknown(BROKEN);
    });
    await failing(message('mail'), lambdaContext);
    const [sent] = aws.inputs('SendMessage');
    expect(sent.MessageAttributes.reason.StringValue).toBe(SHOWN);
    expect(JSON.parse(sent.MessageBody).input).toEqual(ANN);
  });

  test('is not in what a direct call throws, nor in its stack or cause: Lambda logs them', async () => {
    const failing = serve(tell, () => {
      throw new Transient(BROKEN, { cause });
    });
    const error = await failing(envelope({ contract: 'tell@1.0.0', input: ANN }), lambdaContext).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(Transient);
    const { name, message, cause: told } = error as Error;
    expect([name, message, told]).toEqual(['Transient', SHOWN, undefined]);
    expect((error as Error).stack).not.toMatch(PERSONAL);
    expect(texts.join()).not.toMatch(PERSONAL);
  });

  test('is not in what a settlement says', async () => {
    aws.answer('GetItem', () => ({
      Item: marshall({
        execution: 'ship-order:o-1',
        step: 'payment',
        status: 'INPROGRESS',
        owner: 'x',
        lease: 1,
        attempts: 1,
        firstAttempt: Date.now(),
        input: ANN,
      }),
    }));
    const failing = serve(greet, () => {
      throw new ContractBroken(BROKEN);
    });
    const call = { ...envelope({ contract: 'greet@1.0.0' }), verb: 'settle' as const };
    expect(await failing(call, lambdaContext)).toEqual({ happened: 'unknown', reason: SHOWN });
    expect(lines()).toMatchObject([{ settlement: { happened: 'unknown', reason: SHOWN } }]);
  });

  test('is not told of an undo, whose input comes from the record', async () => {
    const Item = marshall({ status: 'COMPLETED', input: ANN, outcome: { value: { iban: IBAN } } });
    aws.answer('GetItem', ({ Key }) => (Key.step.S === 'payment' ? { Item } : {}));
    const failing = serve(ungreet, ({ output }) => {
      throw new Transient(`no ${output.iban} of Ann`);
    });
    const call = { ...envelope({ contract: 'ungreet@1.0.0', token: 't' }), verb: 'undo' as const };
    await failing(batch(record(call)), lambdaContext);
    expect(lines()).toMatchObject([{ error: { message: 'no [personal] of [personal]' } }]);
    expect(aws.inputs('SendTaskFailure')).toMatchObject([{ cause: '{"message":"no [personal] of [personal]"}' }]);
  });
});

test('an error without personal data leaves as it is, the very same', async () => {
  const error = new Transient('busy', { cause: new Error('503') });
  const failing = serve(tell, () => {
    throw error;
  });
  await expect(failing(envelope({ contract: 'tell@1.0.0', input: ANN }), lambdaContext)).rejects.toBe(error);
});

test.each<[string, string, Error | undefined]>([
  ['its message', 'no Ann', new Error('503')],
  ['its cause', 'busy', new Error('no Ann')],
])('an error with personal data in %s alone leaves without it', async (_, message, cause) => {
  const thrown = new Transient(message, { cause });
  const failing = serve(tell, () => {
    throw thrown;
  });
  const left = await failing(envelope({ contract: 'tell@1.0.0', input: ANN }), lambdaContext).catch(
    (error: unknown) => error,
  );
  expect(left).not.toBe(thrown);
  expect(left).toMatchObject({ message: message.replace('Ann', '[personal]'), cause: undefined });
  expect((left as Error).stack).not.toMatch(PERSONAL);
});

test('an error without a stack leaves as it is', async () => {
  const error = Object.assign(new Transient('busy'), { stack: undefined });
  const failing = serve(tell, () => {
    throw error;
  });
  await expect(failing(envelope({ contract: 'tell@1.0.0', input: ANN }), lambdaContext)).rejects.toBe(error);
});

test('a line tells three causes at most', async () => {
  const error = ['4', '3', '2', '1'].reduce<Error>((cause, text) => new Error(text, { cause }), new Error('5'));
  const failing = serve(tell, () => {
    throw error;
  });
  await expect(failing(envelope({ contract: 'tell@1.0.0', input: ANN }), lambdaContext)).rejects.toThrow('1');
  expect(lines()).toMatchObject([{ error: { causes: [{ message: '2' }, { message: '3' }, { message: '4' }] } }]);
});

test('a number that is personal is masked wherever it stands, and no other number', async () => {
  const dial = contract({
    ...base,
    name: 'dial',
    input: z.object({ phone: personal(z.int()) }),
    output: z.object({}),
    effect: pure,
  });
  const handler = serve(dial, ({ phone }, { log }) => {
    log(`to ${phone}`, { dialled: phone, took: 12 });
    return {};
  });
  await handler(envelope({ contract: 'dial@1.0.0', input: { phone: 4_915_112_345_678 } }), lambdaContext);
  expect(lines()[0]).toMatchObject({ message: 'to [personal]', fields: { dialled: '[personal]', took: 12 } });
});

test('a message that cannot be read is told as any other, though nothing is known of its input', async () => {
  await serve(greet, () => ({ iban: IBAN }))(batch(record('no JSON')), lambdaContext);
  expect(lines()).toMatchObject([{ happening: 'malformed', error: { name: 'MalformedEnvelope' } }]);
});

describe('a broken contract tells no personal data', () => {
  test.each<[string, object, () => unknown]>([
    ['of its input', { input: { ...ANN, email: 'ann at example.com' } }, () => ({ iban: IBAN })],
    ['of its output', {}, () => ({ iban: [IBAN] })],
  ])('%s', async (_, more, handler) => {
    await serve(greet, handler as never)(message('greet', { token: 't', ...more }), lambdaContext);
    expect(lines()).toMatchObject([{ level: 'ERROR', answer: 'Contract' }]);
    expect([texts.join(), aws.inputs('SendTaskFailure')[0]?.cause].join()).not.toMatch(PERSONAL);
  });

  test('of a declared failure', async () => {
    const handler = serve(greet, (_, { fail }) => fail('Moved', { address: 7_654_321 as never }));
    await handler(message('greet', { token: 't' }), lambdaContext);
    expect(aws.inputs('SendTaskFailure')[0]).toMatchObject({
      error: 'Contract',
      cause: expect.stringContaining('address: Invalid input: expected string, received number'),
    });
    expect(aws.inputs('SendTaskFailure')[0]?.cause).not.toContain('7654321');
  });
});

test('what is answered and what is recorded is the truth', async () => {
  const handler = serve(greet, () => ({ iban: IBAN }));
  await handler(message('greet', { token: 't' }), lambdaContext);
  expect(aws.inputs('SendTaskSuccess')).toMatchObject([{ output: JSON.stringify({ iban: IBAN }) }]);
  expect(JSON.stringify(aws.inputs('UpdateItem'))).toContain('ann@example.com');
  const declining = serve(greet, (_, { fail }) => fail('Moved', { address: 'Ann, 1 Example Street' }));
  await declining(message('greet', { token: 't' }), lambdaContext);
  expect(aws.inputs('SendTaskFailure')).toMatchObject([{ cause: '{"address":"Ann, 1 Example Street"}' }]);
  expect(texts.join()).not.toMatch(PERSONAL);
});

describe('what a handler logs', () => {
  const logging = async (log: (context: Pick<Context<never>, 'log'>) => void) => {
    const handler = serve(tell, (_, context) => {
      log(context as never);
      return {};
    });
    await handler(envelope({ contract: 'tell@1.0.0', input: ANN }), lambdaContext);
    return lines()[0];
  };

  test('is a line that belongs to its order', async () => {
    expect(await logging(({ log }) => log('looked up', { orderId: 'o-17', took: 12 }))).toEqual({
      level: 'INFO',
      atom: 'tell',
      version: '1.0.0',
      message: 'looked up',
      correlationId: 'o-1',
      execution: 'ship-order:o-1',
      step: 'payment',
      attempts: 1,
      fields: { orderId: 'o-17', took: 12 },
    });
  });

  test('needs no fields', async () => {
    expect(await logging(({ log }) => log('begun'))).not.toHaveProperty('fields');
  });

  test.each<[string, Record<string, unknown>, unknown]>([
    ['under a marked name', { email: 'other@example.org' }, { email: '[personal]' }],
    ['under a marked name, however deep', { to: [{ name: { first: 'A' } }] }, { to: [{ name: '[personal]' }] }],
    ['by its value', { to: 'Ann <ann@example.com>' }, { to: '[personal] <[personal]>' }],
    ['as a key among others', { sent: { total: 1, 'ann@example.com': 1 } }, { sent: { total: 1, '[personal]': 1 } }],
    ['beside nothing', { to: 'Ann', cc: null }, { to: '[personal]', cc: null }],
    ['as a key', { sent: { 'ann@example.com': 1 } }, { sent: { '[personal]': 1 } }],
    ['in an error', { error: new Error('no Ann') }, { error: 'Error: no [personal]' }],
    ['the whole input', { input: ANN }, { input: { orderId: 'o-17', email: '[personal]', name: '[personal]' } }],
    [
      'beside a big number and a date',
      { n: 2n ** 70n, at: new Date(0), u: undefined },
      { n: '1180591620717411303424', at: '1970-01-01T00:00:00.000Z' },
    ],
  ])('has its personal data masked: %s', async (_, fields, expected) => {
    expect(await logging(({ log }) => log('to Ann', fields))).toMatchObject({
      message: 'to [personal]',
      fields: expected,
    });
    expect(texts[0]).not.toMatch(PERSONAL);
  });

  test('does not break the handler when it cannot be written', async () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(await logging(({ log }) => log('round', circle))).toMatchObject({
      message: 'round',
      fields: { unwritable: expect.stringContaining('circular') },
    });
  });
});
