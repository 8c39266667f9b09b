import { describe, expect, test } from '@jest/globals';
import { envelope } from '../../test/fakes/delivery.ts';
import { checkEnvelope, readEnvelope } from './envelope.ts';
import { MalformedEnvelope } from './errors.ts';

const whole = { ...envelope({ contract: 'charge-card@1.0.0' }), token: 'token-1', notStartedAfter: 5, input: { a: 1 } };

const refusal = (read: () => unknown): { message: string; token: string | undefined } => {
  try {
    read();
  } catch (error) {
    if (error instanceof MalformedEnvelope) return { message: error.message, token: error.token };
    throw error;
  }
  throw new Error('It was taken.');
};

test('a whole envelope is taken as it is', () => {
  expect(readEnvelope(JSON.stringify(whole))).toEqual(whole);
});

test.each([
  ['no JSON', 'mail to ann@example.com'],
  ['JSON in the middle of which something is wrong', '{"input": {"email": ann@example.com}, "more": "and more"}'],
  ['text in the place of a number', JSON.stringify({ ...whole, attempt: 'ann@example.com' })],
  ['an object in the place of text', JSON.stringify({ ...whole, step: { email: 'ann@example.com' } })],
])('what a malformed message holds is not told, for it may be personal data: %s', (_, body) => {
  expect(refusal(() => readEnvelope(body)).message).not.toMatch(/ann|example|more/);
});

test.each([
  ['mail to ann@example.com', "Unexpected token 'm'"],
  ['{"input": {"email": ann@example.com}, "more": "and more"}', "Unexpected token 'a'"],
  ['x y', "Unexpected token 'x'"],
  ['{"token": "token-1"', "Expected ',' or '}' after property value in JSON at position 19 (line 1 column 20)"],
])('but what is wrong with it is: %s', (body, problem) => {
  expect(refusal(() => readEnvelope(body)).message).toBe(`The message is no JSON: SyntaxError: ${problem}`);
});

test.each([
  ['a list', ['ann'], 'a list'],
  ['a short text', '0123456789', '"0123456789"'],
  ['a long text', '0123456789a', 'text of 11 characters'],
])('%s in the wrong place is told by its kind, where it is not short', (_, wrong, told) => {
  expect(refusal(() => checkEnvelope({ ...whole, attempt: wrong })).message).toBe(
    `attempt is ${told}; it is a number.`,
  );
});

test('an envelope without a token and without input is taken: a send, an undo', () => {
  const { token, notStartedAfter, input, ...rest } = whole;
  expect(checkEnvelope(rest)).toEqual(rest);
});

describe('a malformed envelope is refused with the reason, its token salvaged', () => {
  test.each([
    ['version', { breakwater: 2 }, 'breakwater is 2; this runtime speaks version 1.'],
    ['version', { breakwater: undefined }, 'breakwater is missing; this runtime speaks version 1.'],
    ['verb', { verb: 'redo' }, 'verb is "redo"; it is one of do, undo, settle.'],
    ['execution', { execution: undefined }, 'execution is missing; it is a string.'],
    ['step', { step: 7 }, 'step is 7; it is a string.'],
    ['contract', { contract: null }, 'contract is null; it is a string.'],
    ['attempt', { attempt: '1' }, 'attempt is "1"; it is a number.'],
    ['notAfter', { notAfter: undefined }, 'notAfter is missing; it is a number.'],
    ['correlationId', { correlationId: {} }, 'correlationId is an object; it is a string.'],
    ['notStartedAfter', { notStartedAfter: 'soon' }, 'notStartedAfter is "soon"; it is a number.'],
    ['execution', { execution: '' }, 'execution is empty.'],
    ['step', { step: '' }, 'step is empty.'],
  ])('by its %s: %j', (_, wrong, message) => {
    expect(refusal(() => readEnvelope(JSON.stringify({ ...whole, ...wrong })))).toEqual({ message, token: 'token-1' });
  });

  test('by a token that is no text, which cannot be answered', () => {
    expect(refusal(() => checkEnvelope({ ...whole, token: 7 }))).toEqual({
      message: 'token is no string.',
      token: undefined,
    });
  });

  test.each(['null', '7', '"text"', '[]'])('by being %s', (body) => {
    expect(refusal(() => readEnvelope(body))).toEqual({
      message: body === '[]' ? expect.any(String) : 'The message is no JSON object.',
      token: undefined,
    });
  });

  test('by being no JSON', () => {
    expect(refusal(() => readEnvelope('{"token": "token-1"'))).toEqual({
      message: expect.stringMatching(/^The message is no JSON: SyntaxError: /),
      token: undefined,
    });
  });
});
