import { describe, expect, test } from '@jest/globals';
import { awsError, fakeAws } from '../../test/fakes/aws.ts';
import { answerOf, answerOfError, errorNameOf, send } from './answer.ts';
import { ContractBroken, Fenced, NotAttempted, OutcomeUnknown, Transient } from './errors.ts';

describe('the answer', () => {
  test('of a value is the value', () => {
    expect(answerOf({ value: { chargeId: 'c' } })).toEqual({ output: '{"chargeId":"c"}' });
  });

  test.each([[null], [undefined]])('of %s is null: Step Functions takes JSON only', (value) => {
    expect(answerOf({ value })).toEqual({ output: 'null' });
  });

  test('of a declined step is its declared failure, with the payload as the cause', () => {
    expect(answerOf({ declined: { name: 'CardDeclined', payload: { reason: 'empty' } } })).toEqual({
      error: 'Declared.CardDeclined',
      cause: '{"reason":"empty"}',
    });
  });

  test('of a fenced step says why', () => {
    expect(answerOf({ fenced: 'settled before any attempt' })).toEqual({
      error: 'Fenced',
      cause: '{"message":"settled before any attempt"}',
    });
  });

  test('of 200 KiB is sent, of a byte more it is a broken contract: the effect happened, the answer cannot pass', () => {
    const limit = 200 * 1024;
    const fitting = answerOf({ value: 'x'.repeat(limit - 2) });
    expect('output' in fitting && fitting.output.length).toBe(limit);
    expect(answerOf({ value: 'x'.repeat(limit - 1) })).toEqual({
      error: 'Contract',
      cause: '{"message":"The answer has 204801 bytes; at most 204800 can be answered."}',
    });
  });

  test('is measured in bytes, not in characters', () => {
    expect(answerOf({ value: 'ü'.repeat(110_000) })).toMatchObject({ error: 'Contract' });
  });
});

describe('the error', () => {
  test.each([
    ['Transient', new Transient('x')],
    ['Transient', new NotAttempted('x')],
    ['Contract', new ContractBroken('x')],
    ['Fenced', new Fenced('x')],
    ['OutcomeUnknown', new OutcomeUnknown('x')],
    ['Transient', new TypeError('x')],
    ['Transient', 'thrown text'],
    ['Transient', undefined],
  ])('is named %s for %p', (name, error) => {
    expect(errorNameOf(error)).toBe(name);
  });

  test('has its message as its cause', () => {
    expect(answerOfError(new Transient('no answer'))).toEqual({
      error: 'Transient',
      cause: '{"message":"no answer"}',
    });
    expect(answerOfError('thrown text')).toEqual({ error: 'Transient', cause: '{"message":"thrown text"}' });
  });

  test('is whole up to 32 KiB, and cut above', () => {
    const around = '{"message":""}'.length;
    const causeOf = (length: number) => {
      const answer = answerOfError(new Transient('x'.repeat(length)));
      return 'cause' in answer ? JSON.parse(answer.cause) : undefined;
    };
    expect(causeOf(32 * 1024 - around)).not.toHaveProperty('cut');
    expect(causeOf(32 * 1024 - around + 1)).toHaveProperty('cut', true);
  });

  test.each([
    ['a long text', 'x'.repeat(40_000)],
    ['a long text of many bytes', '日'.repeat(20_000)],
    ['what becomes longer when it is quoted', '"\u0001'.repeat(10_000)],
  ])('keeps its cause below 32 KiB and JSON: %s', (_, message) => {
    const answer = answerOfError(new Transient(message));
    if (!('cause' in answer)) throw new Error('It is no failure.');
    expect(Buffer.byteLength(answer.cause)).toBeLessThanOrEqual(32 * 1024);
    expect(JSON.parse(answer.cause)).toMatchObject({
      cut: true,
      message: expect.stringContaining(message.slice(0, 1)),
    });
  });
});

describe('a token', () => {
  const aws = fakeAws();

  test('is answered with a value or with a failure', async () => {
    expect(await send('t', { output: '{}' })).toBe(true);
    expect(await send('t', { error: 'Transient', cause: '{}' })).toBe(true);
    expect(aws.calls()).toEqual([
      { name: 'SendTaskSuccess', input: { taskToken: 't', output: '{}' } },
      { name: 'SendTaskFailure', input: { taskToken: 't', error: 'Transient', cause: '{}' } },
    ]);
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'that nobody waits for any more (%s) is no error',
    async (name) => {
      aws.answer('SendTaskSuccess', () => {
        throw awsError(name);
      });
      expect(await send('t', { output: '{}' })).toBe(false);
    },
  );

  test('that could not be answered now is an error', async () => {
    aws.answer('SendTaskSuccess', () => {
      throw awsError('ThrottlingException');
    });
    await expect(send('t', { output: '{}' })).rejects.toThrow('ThrottlingException');
  });
});
