import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { check, sampleOf } from '../../contract/index.ts';
import { both, fits } from './agree.ts';
import { readSchema } from './json-schema.ts';
import { zodSource } from './zod-source.ts';

const read = (schema: z.ZodType) => readSchema(schema, 'input', 'test');

/** The schema that source text stands for. */
const evaluate = (source: string): z.ZodType => new Function('z', `return ${source}`)(z);

const SCHEMAS: readonly (readonly [string, z.ZodType])[] = [
  ['text', z.string()],
  ['text of a length', z.string().min(2).max(5)],
  ['text of one length', z.string().length(2)],
  ['text that begins so', z.string().startsWith('tok_')],
  ['text of a pattern', z.string().regex(/^[A-Z]{2}\d+$/)],
  ['mail address', z.email()],
  ['uuid', z.uuid()],
  ['address', z.url()],
  ['time', z.iso.datetime()],
  ['day', z.iso.date()],
  ['whole number', z.int()],
  ['amount', z.int().nonnegative()],
  ['positive number', z.int().positive()],
  ['number in a range', z.number().min(-1.5).max(3)],
  ['share', z.number().gt(0).lt(1)],
  ['yes or no', z.boolean()],
  ['one of some', z.enum(['low', 'high'])],
  ['one word', z.literal('only')],
  ['one thing or another', z.union([z.string(), z.int()])],
  ['perhaps nothing', z.string().nullable()],
  ['perhaps no word', z.string().min(1).nullable()],
  [
    'one of two shapes',
    z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b'), b: z.int() })]),
  ],
  ['list', z.array(z.int()).min(2).max(4)],
  ['dictionary', z.record(z.string(), z.int())],
  ['object', z.object({ a: z.string(), b: z.object({ c: z.array(z.string()) }), 'd-e': z.int().optional() })],
];

test.each(SCHEMAS)('the source of a schema for %s says the same', (_, schema) => {
  expect(read(evaluate(zodSource(read(schema), 'value')))).toEqual(read(schema));
});

test.each(SCHEMAS.filter(([name]) => name !== 'text of a pattern' && name !== 'dictionary'))(
  'a sample for %s is taken by its schema',
  async (_, schema) => {
    expect(await check(schema, sampleOf(read(schema), 'customerId'))).toMatchObject({ valid: true });
  },
);

test('a sample’s text says which field it is for', () => {
  expect(sampleOf(read(z.object({ giftCardId: z.string(), country: z.string().length(2) })), '')).toEqual({
    giftCardId: 'gift-card-1',
    country: 'co',
  });
});

test.each([z.any(), z.object({ inner: z.array(z.unknown()) })])(
  'what can be anything is refused, with its place',
  (schema) => {
    expect(() => zodSource(read(schema), 'order')).toThrow(/^"order(\.inner\[\])?" can be anything/);
  },
);

test('a schema that JSON cannot say is refused, with whose it is', () => {
  expect(() => readSchema(z.date(), 'input', 'input of mail-receipt@1.0.0')).toThrow(
    'The input of mail-receipt@1.0.0 cannot be said in JSON',
  );
});

describe('a value of one schema', () => {
  test.each<[string, z.ZodType, z.ZodType, boolean]>([
    ['text for text', z.string(), z.string().min(3), true],
    ['text for a number', z.string(), z.int(), false],
    ['a whole number for a number', z.int(), z.number(), true],
    ['a number for a whole one', z.number(), z.int(), false],
    ['a mail address for text', z.email(), z.string(), true],
    ['text for a mail address', z.string(), z.email(), false],
    ['one of few for one of more', z.enum(['a']), z.enum(['a', 'b']), true],
    ['one of more for one of few', z.enum(['a', 'b']), z.enum(['a']), false],
    ['one of some for text', z.enum(['a']), z.string(), true],
    ['text for one of some', z.string(), z.enum(['a']), false],
    ['a word for one of some', z.literal('a'), z.enum(['a', 'b']), true],
    ['an object with more', z.object({ a: z.int(), b: z.int() }), z.object({ a: z.int() }), true],
    ['an object with less', z.object({}), z.object({ a: z.int() }), false],
    ['an object that may have it', z.object({ a: z.int().optional() }), z.object({ a: z.int() }), false],
    ['an object for one that may have more', z.object({}), z.object({ a: z.int().optional() }), true],
    ['a list of the like', z.array(z.object({ a: z.int(), b: z.int() })), z.array(z.object({ a: z.int() })), true],
    ['a list of another kind', z.array(z.string()), z.array(z.int()), false],
    ['something for perhaps nothing', z.string(), z.string().nullable(), true],
    ['perhaps nothing for something', z.string().nullable(), z.string(), false],
    ['perhaps nothing for perhaps nothing', z.string().nullable(), z.string().nullable(), true],
  ])('%s: fits?', (_, from, to, expected) => {
    expect(fits(read(from), read(to))).toBe(expected);
  });
});

describe('a schema that suits two', () => {
  test.each<[string, z.ZodType, z.ZodType, z.ZodType]>([
    ['takes the narrower limits', z.string().min(1).max(20), z.string().max(10), z.string().min(1).max(10)],
    ['is whole where one is', z.number().max(9), z.int().min(1), z.int().min(1).max(9)],
    [
      'has the fields of both',
      z.object({ a: z.int() }),
      z.object({ b: z.int() }),
      z.object({ a: z.int(), b: z.int() }),
    ],
    [
      'suits what is inside lists too',
      z.array(z.object({ sku: z.string() })).min(1),
      z.array(z.object({ sku: z.string().max(4), price: z.int() })).max(40),
      z
        .array(z.object({ sku: z.string().max(4), price: z.int() }))
        .min(1)
        .max(40),
    ],
    ['has what both choose from', z.enum(['a', 'b']), z.enum(['b', 'c']), z.enum(['b'])],
    ['is the choice where the other is any text', z.enum(['a', 'b']), z.string(), z.enum(['a', 'b'])],
    ['is the mail address where the other is any text', z.string(), z.email(), z.email()],
  ])('%s', (_, one, other, expected) => {
    expect(both(read(one), read(other))).toEqual(read(expected));
    const turned = both(read(other), read(one)) ?? {};
    expect([fits(turned, read(expected)), fits(read(expected), turned)]).toEqual([true, true]);
  });

  test.each<[string, z.ZodType, z.ZodType]>([
    ['text and a number', z.string(), z.int()],
    ['choices without a common one', z.enum(['a']), z.enum(['b'])],
    ['two beginnings', z.string().startsWith('a'), z.string().startsWith('b')],
    ['fields of two kinds', z.object({ a: z.int() }), z.object({ a: z.string() })],
    ['lists of two kinds', z.array(z.int()), z.array(z.string())],
  ])('there is none for %s', (_, one, other) => {
    expect(both(read(one), read(other))).toBeUndefined();
  });
});
