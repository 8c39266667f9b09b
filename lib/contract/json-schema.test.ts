import { Validator } from '@cfworker/json-schema';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import {
  type AnyContract,
  ContractDefinitionError,
  compensation,
  contract,
  days,
  type JsonSchema,
  jsonSchemaOf,
  keyed,
  parse,
  type Schema,
} from './index.ts';

const definition = {
  name: 'charge-card',
  version: '1.0.0',
  summary: 'Charges a card.',
  input: z.object({ amount: z.int().min(1).max(100) }) as Schema<unknown, unknown>,
  output: z.object({ chargeId: z.string() }) as Schema<unknown, unknown>,
  effect: keyed({ keyLifetime: days(1) }),
};
const schemasOf = (changed: object = {}) => jsonSchemaOf(contract({ ...definition, ...changed }) as AnyContract);
const accepts = (schema: JsonSchema, value: unknown): boolean => new Validator(schema, '2020-12').validate(value).valid;

const $schema = 'https://json-schema.org/draft/2020-12/schema';

test('a contract says its input, its output and each declared failure', () => {
  expect(schemasOf({ failures: { CardDeclined: z.object({ reason: z.string() }) } })).toEqual({
    input: {
      $schema,
      type: 'object',
      properties: { amount: { type: 'integer', minimum: 1, maximum: 100 } },
      required: ['amount'],
    },
    output: { $schema, type: 'object', properties: { chargeId: { type: 'string' } }, required: ['chargeId'] },
    failures: {
      CardDeclined: { $schema, type: 'object', properties: { reason: { type: 'string' } }, required: ['reason'] },
    },
  });
});

test('the input is what is sent, the output what is answered: a default may be left out of the one, not of the other', () => {
  const withDefault = z.object({ currency: z.string().default('EUR') });
  const { input, output } = schemasOf({ input: withDefault, output: withDefault });
  expect([accepts(input, {}), accepts(output, {})]).toEqual([true, false]);
});

describe('an answer with more than was promised', () => {
  const nested = (make: (shape: z.core.$ZodLooseShape) => z.ZodObject) =>
    schemasOf({ output: z.object({ default: z.array(z.union([make({ a: z.string() }), z.null()])) }) }).output;
  const more = { default: [{ a: 'a', b: 'b' }], more: 1 };

  test('is accepted where the contract would strip it', () => {
    expect(accepts(nested(z.object), more)).toBe(true);
  });

  test('is refused where the contract would refuse it', () => {
    expect(accepts(nested(z.strictObject), more)).toBe(false);
    expect(accepts(nested(z.strictObject), { default: [{ a: 'a' }], more: 1 })).toBe(true);
  });
});

test('a transformation is left out of the input and is described where its result has a schema', () => {
  const length = z.string().transform((text) => text.length);
  const { input, output } = schemasOf({ input: length, output: length.pipe(z.number()) });
  expect([accepts(input, 'text'), accepts(input, 4), accepts(output, 'text'), accepts(output, 4)]).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test('every value that a contract accepts is accepted by its JSON Schema, and what JSON can say is refused by both', async () => {
  const input = z.object({
    email: z.email(),
    at: z.iso.datetime(),
    kind: z.discriminatedUnion('is', [z.object({ is: z.literal('a') }), z.object({ is: z.literal('b'), n: z.int() })]),
    lines: z.array(z.object({ sku: z.string().min(1) })).min(1),
    notes: z.record(z.string(), z.string()).optional(),
  });
  const good = { email: 'a@b.de', at: '2026-11-21T10:00:00Z', kind: { is: 'b', n: 1 }, lines: [{ sku: 'mug' }] };
  const values = [
    good,
    { ...good, notes: { a: 'b' }, more: true },
    { ...good, email: 'a@b' },
    { ...good, at: 'today' },
    { ...good, kind: { is: 'b' } },
    { ...good, lines: [] },
    { ...good, lines: [{}] },
    { ...good, notes: { a: 1 } },
    null,
  ];
  const schema = schemasOf({ input }).input;
  const bySchema = values.map((value) => accepts(schema, value));
  const byContract = await Promise.all(
    values.map((value) =>
      parse<unknown>(input, value, 'input').then(
        () => true,
        () => false,
      ),
    ),
  );
  expect(bySchema).toEqual(byContract);
  expect(bySchema).toEqual([true, true, ...Array(7).fill(false)]);
});

describe('what JSON Schema cannot say is refused with the place and what to write', () => {
  const fix =
    'Describe what goes over the wire, as JSON: z.iso.datetime() instead of a date, z.record() instead of a map, .pipe(…) after a transformation of what is answered.';
  const silent: Schema = { '~standard': { version: 1, vendor: 'homemade', validate: (value) => ({ value }) } };

  test.each([
    [
      'a transformed output',
      { output: z.object({ n: z.string().transform(Number) }) },
      `Contract "charge-card": Its output cannot be written as JSON Schema: Transforms cannot be represented in JSON Schema. ${fix}`,
    ],
    [
      'a date in the input',
      { input: z.object({ at: z.date() }) },
      `Contract "charge-card": Its input cannot be written as JSON Schema: Date cannot be represented in JSON Schema. ${fix}`,
    ],
    [
      'a map in a failure',
      { failures: { OutOfStock: z.map(z.string(), z.int()) } },
      `Contract "charge-card": Its failure OutOfStock cannot be written as JSON Schema: Map cannot be represented in JSON Schema. ${fix}`,
    ],
    [
      'a library without Standard JSON Schema',
      { input: silent },
      `Contract "charge-card": Its input cannot be written as JSON Schema: its library (homemade) has no Standard JSON Schema; zod has it from 4.2, arktype from 2.1.28, valibot by toStandardJsonSchema. ${fix}`,
    ],
  ])('%s', (_, changed, message) => {
    expect(() => schemasOf(changed)).toThrow(ContractDefinitionError);
    expect(() => schemasOf(changed)).toThrow(new Error(message));
  });
});

describe('the input of a compensation', () => {
  const undo = { name: 'refund-card', version: '1.0.0', summary: '…', output: z.object({}), effect: definition.effect };
  const inputOf = (changed: object = {}) =>
    jsonSchemaOf(compensation(contract({ ...definition, ...changed }), undo) as AnyContract).input;

  test('is the input and the output of the step that it undoes', () => {
    expect(inputOf()).toEqual({
      $schema,
      type: 'object',
      properties: {
        input: {
          $id: 'urn:breakwater:charge-card@1.0.0:input',
          type: 'object',
          properties: { amount: { type: 'integer', minimum: 1, maximum: 100 } },
          required: ['amount'],
        },
        output: {
          $id: 'urn:breakwater:charge-card@1.0.0:output',
          type: 'object',
          properties: { chargeId: { type: 'string' } },
          required: ['chargeId'],
        },
      },
      required: ['input', 'output'],
    });
  });

  test('keeps references inside each of the two', () => {
    const Tree = z.object({
      leaf: z.int(),
      get branches() {
        return z.array(Tree);
      },
    });
    const Sku = z.object({ sku: z.string() }).meta({ id: 'Sku' });
    const schema = inputOf({ input: Tree, output: z.object({ one: Sku, other: Sku }) });
    const given = (leaf: unknown, sku: unknown) => ({
      input: { leaf: 1, branches: [{ leaf, branches: [] }] },
      output: { one: { sku: 'mug' }, other: { sku } },
    });
    expect(accepts(schema, given(2, 'desk'))).toBe(true);
    expect(accepts(schema, given('two', 'desk'))).toBe(false);
    expect(accepts(schema, given(2, 7))).toBe(false);
  });

  test('cannot be said where that of the step cannot', () => {
    const message =
      'Contract "refund-card": Its input cannot be written as JSON Schema: Date cannot be represented in JSON Schema. It is made of the input and the output of charge-card: change them there.';
    expect(() => inputOf({ input: z.object({ at: z.date() }) })).toThrow(new Error(message));
  });
});
