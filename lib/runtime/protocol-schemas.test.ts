/** The published schemas of the protocol and what this runtime reads and answers: each holds the other to its word. */

import { Validator } from '@cfworker/json-schema';
import { describe, expect, test } from '@jest/globals';
import { envelope } from '../../test/fakes/delivery.ts';
import { type Envelope, ErrorName, type JsonSchema, protocolSchemas } from '../contract/index.ts';
import { type Answer, answerOf, answerOfError } from './answer.ts';
import { checkEnvelope } from './envelope.ts';
import { AtomError, ContractBroken, Fenced, MalformedEnvelope, OutcomeUnknown, Transient } from './errors.ts';

const keeps = (name: keyof typeof protocolSchemas, value: unknown): boolean =>
  new Validator(protocolSchemas[name] as JsonSchema, '2020-12').validate(value).valid;

const reads = (value: unknown): boolean => {
  try {
    checkEnvelope(value);
    return true;
  } catch (error) {
    if (error instanceof MalformedEnvelope) return false;
    throw error;
  }
};

const whole: Required<Envelope> = {
  ...envelope({ contract: 'charge-card@1.0.0' }),
  token: 'token-1',
  notStartedAfter: 5,
  input: { a: 1 },
};

describe('an envelope is read if its schema says so, and refused if not', () => {
  const FIELDS = Object.keys(protocolSchemas.envelope.properties);
  const VALUES = [undefined, null, true, 0, 1, 1.5, '', 'do', 'redo', {}, [], ['do']];
  const mutants = FIELDS.flatMap((field) => VALUES.map((value) => [field, value] as const));

  test.each(mutants)('with %s: %j', (field, value) => {
    const { [field as 'verb']: _, ...rest } = whole;
    const changed = value === undefined ? rest : { ...rest, [field]: value };
    expect(keeps('envelope', changed)).toBe(reads(changed));
  });

  test('each field that has to be there is refused where it is missing or null, and nothing else is', () => {
    const refused = (value: unknown) =>
      FIELDS.filter((field) => !reads(JSON.parse(JSON.stringify({ ...whole, [field]: value })))).sort();
    expect(refused(undefined)).toEqual([...protocolSchemas.envelope.required].sort());
    expect(refused(null)).toEqual(FIELDS.filter((field) => field !== 'input').sort());
  });

  test.each([
    ['whole', whole, true],
    ['of a send', envelope({ contract: 'mail-receipt@1.0.0', input: {} }), true],
    ['with a field of a later minor version', { ...whole, priority: 'high' }, true],
    ['null', null, false],
    ['text', 'text', false],
    ['a list', [whole], false],
  ])('%s', (_, value, readable) => {
    expect([keeps('envelope', value), reads(value)]).toEqual([readable, readable]);
  });
});

describe('what this runtime answers keeps the schema', () => {
  const failed = (answer: Answer): unknown =>
    'cause' in answer ? { error: answer.error, cause: JSON.parse(answer.cause) } : answer;

  test.each<readonly [string, Answer]>([
    ['a declared failure', answerOf({ declined: { name: 'CardDeclined', payload: { reason: 'empty' } } })],
    ['one without a payload', answerOf({ declined: { name: 'CardDeclined', payload: null } })],
    ['one whose payload is cut', answerOf({ declined: { name: 'CardDeclined', payload: 'x'.repeat(40_000) } })],
    ['a fenced step', answerOf({ fenced: 'settled before any attempt' })],
    ['an answer that is too large', answerOf({ value: 'x'.repeat(300_000) })],
    ...[Transient, ContractBroken, Fenced, OutcomeUnknown].map(
      (Problem) => [Problem.name, answerOfError(new Problem('no'))] as const,
    ),
    ['an error that nobody knows', answerOfError(new RangeError('no'))],
    ['what is no error', answerOfError(undefined)],
    ['a message that is cut', answerOfError(new Transient('x'.repeat(40_000)))],
  ])('%s', (_, answer) => {
    expect(keeps('failure', failed(answer))).toBe(true);
  });

  test('each name of the closed set is in it, and no other', () => {
    const named = (error: string) => keeps('failure', { error, cause: { message: 'no' } });
    expect(Object.values(ErrorName).filter(named)).toEqual(Object.values(ErrorName));
    expect(['States.Timeout', 'CardDeclined', 'Declared.', 'Declared.cardDeclined', ''].filter(named)).toEqual([]);
    expect(new Transient('no') instanceof AtomError).toBe(true);
  });
});

test.each([
  ['settlement', { happened: true, reason: 'the step is recorded as done' }, true],
  ['settlement', { happened: 'unknown', reason: '' }, true],
  ['settlement', { happened: 'yes', reason: '' }, false],
  ['settlement', { happened: null, reason: '' }, false],
  ['settlement', { happened: true }, false],
  ['undone', { undone: false, reason: 'the step was never begun' }, true],
  ['undone', { undone: 'no', reason: '' }, false],
  ['undone', { reason: '' }, false],
  ['failure', { error: 'Transient', cause: {} }, false],
  ['failure', { error: 'Transient', cause: 'no' }, false],
  ['failure', { error: 'Transient', cause: { message: 'no', cut: false } }, false],
  ['failure', { error: 'Transient' }, false],
] as const)('as a %s, %j: %s', (name, value, accepted) => {
  expect(keeps(name, value)).toBe(accepted);
});
