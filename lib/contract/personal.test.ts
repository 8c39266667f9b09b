import { describe, expect, test } from '@jest/globals';
import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import * as z from 'zod';
import {
  compensation,
  contract,
  jsonSchemaOf,
  parse,
  personal,
  personalDataOf,
  pure,
  type Schema,
  transaction,
} from './index.ts';

const secret = personal(z.string());
const masked = (schema: Schema, value: unknown): unknown => personalDataOf(schema).masked(value);

interface Person {
  name: string;
  friends: Person[];
}
const Person: z.ZodType<Person> = z.object({
  name: secret,
  get friends() {
    return z.array(Person);
  },
});

describe('what is marked is masked', () => {
  test.each<[string, Schema, unknown, unknown]>([
    [
      'a field',
      z.object({ email: secret, total: z.int() }),
      { email: 'a', total: 1 },
      { email: '[personal]', total: 1 },
    ],
    ['by zod’s own meta', z.object({ a: z.string().meta({ personal: true }) }), { a: 'a' }, { a: '[personal]' }],
    ['by x-personal', z.object({ a: z.string().meta({ 'x-personal': true }) }), { a: 'a' }, { a: '[personal]' }],
    ['the value itself', secret, 'a', '[personal]'],
    ['a nested one', z.object({ a: z.object({ b: secret }) }), { a: { b: 'x' } }, { a: { b: '[personal]' } }],
    [
      'in a list',
      z.array(z.object({ a: secret })),
      [{ a: 'x' }, { a: 'y' }],
      [{ a: '[personal]' }, { a: '[personal]' }],
    ],
    ['in a tuple', z.tuple([z.int(), secret]), [1, 'x'], [1, '[personal]']],
    ['what follows a tuple', z.tuple([z.string()], secret), ['a', 'x'], ['a', '[personal]']],
    ['in a record', z.record(z.string(), secret), { k: 'x' }, { k: '[personal]' }],
    ['the keys of a record', z.record(personal(z.email()), z.int()), { 'a@b.cd': 1 }, { '[personal]': 1 }],
    ['an object as a whole', z.object({ a: personal(z.object({ b: z.int() })) }), { a: { b: 1 } }, { a: '[personal]' }],
    ['optional', z.object({ a: secret.optional() }), { a: 'x' }, { a: '[personal]' }],
    ['nullable', z.object({ a: secret.nullable() }), { a: 'x' }, { a: '[personal]' }],
    ['with a default', z.object({ a: secret.default('q') }), { a: 'x' }, { a: '[personal]' }],
    ['before a transformation', z.object({ a: secret.transform((a) => a.length) }), { a: 'x' }, { a: '[personal]' }],
    [
      'after a transformation',
      z.object({ a: z.string().transform(Number).pipe(personal(z.number())) }),
      { a: 17 },
      { a: '[personal]' },
    ],
    [
      'in one of several shapes',
      z.union([z.object({ a: secret }), z.object({ b: z.int() })]),
      { a: 'x' },
      { a: '[personal]' },
    ],
    [
      'beside a date, for which JSON Schema has no words',
      z.object({ a: secret, d: z.date() }),
      { a: 'x' },
      { a: '[personal]' },
    ],
    [
      'behind a reference',
      z.object({ a: z.object({ b: secret }).meta({ id: 'Behind' }) }),
      { a: { b: 'x' } },
      { a: { b: '[personal]' } },
    ],
    [
      'in a schema that contains itself',
      Person,
      { name: 'x', friends: [{ name: 'y', friends: [] }] },
      { name: '[personal]', friends: [{ name: '[personal]', friends: [] }] },
    ],
  ])('%s', (_, schema, value, expected) => {
    expect(masked(schema, value)).toEqual(expected);
  });

  test('and so is what stands where personal data should be, and what nobody described', () => {
    const schema = z.object({ customer: z.object({ email: secret }), total: z.int() });
    expect(masked(schema, JSON.stringify({ customer: 1 }))).toBe('[personal]');
    expect(masked(schema, { customer: 'ann@example.com', mail: 'ann@example.com', total: 'none' })).toEqual({
      customer: '[personal]',
      mail: '[personal]',
      total: 'none',
    });
  });

  test.each<[string, Schema, readonly (readonly [unknown, unknown])[]]>([
    [
      'what is named, and all the rest',
      z.object({ a: z.int() }).catchall(secret),
      [
        [{ b: 'x' }, { b: '[personal]' }],
        [{ a: 1 }, { a: 1 }],
        [{ c: 'x' }, { c: '[personal]' }],
      ],
    ],
    [
      'elements and properties',
      z.union([z.array(z.int()), z.record(z.string(), secret)]),
      [
        [[1], [1]],
        [{ a: 'x' }, { a: '[personal]' }],
        [[2], [2]],
      ],
    ],
    [
      'the beginning of a list, and what follows',
      z.tuple([secret], z.int()),
      [
        [
          ['x', 1],
          ['[personal]', 1],
        ],
        [
          ['x', 1, 2],
          ['[personal]', 1, 2],
        ],
      ],
    ],
  ])('the same in each value of a schema: %s', (_, schema, values) => {
    expect(values.map(([value]) => masked(schema, value))).toEqual(values.map(([, expected]) => expected));
  });

  test('that something is missing is told', () => {
    expect(masked(z.object({ a: secret, b: secret }), { a: null })).toEqual({ a: null });
  });
});

test('a schema without marks masks nothing, not even what it does not know', () => {
  const { any, masked, names, valuesOf } = personalDataOf(z.object({ a: z.string() }) as Schema);
  const value = { a: 'x', b: 'y' };
  expect([any, masked(value), [...names], [...valuesOf(value)]]).toEqual([false, value, [], []]);
});

test('names and values of what is marked are known, however deep', () => {
  const schema = z.object({
    to: z.object({ email: secret }),
    lines: z.array(personal(z.object({ n: z.int() }))),
    x: z.int(),
  });
  const { names, valuesOf } = personalDataOf(schema as Schema);
  expect([...names]).toEqual(['email']);
  expect([...valuesOf({ to: { email: 'a@b' }, lines: [{ n: 7 }, { n: 8 }], x: 9 })]).toEqual(['a@b', '7', '8']);
});

test('a mark is in the JSON Schema, beside what else a schema says of itself', () => {
  const schema = personal(z.string().meta({ title: 'Mail' }));
  expect(schema.meta()).toMatchObject({ title: 'Mail', personal: true });
  const marked = contract({
    name: 'greet',
    version: '1.0.0',
    summary: 'Greets.',
    input: z.object({ mail: schema }),
    output: z.object({}),
    effect: pure,
  });
  expect(jsonSchemaOf(marked).input).toMatchObject({ properties: { mail: { title: 'Mail', personal: true } } });
});

test('a compensation knows the marks of what it undoes, of its input and of its output', () => {
  const pay = contract({
    name: 'pay',
    version: '1.0.0',
    summary: 'Pays.',
    input: Person,
    output: z.object({ iban: secret, amount: z.int() }),
    effect: transaction,
  });
  const { input } = compensation(pay, {
    name: 'unpay',
    version: '1.0.0',
    summary: 'Pays back.',
    output: z.object({}),
    effect: transaction,
  });
  expect(
    masked(input, { input: { name: 'x', friends: [{ name: 'y', friends: [] }] }, output: { iban: 'z', amount: 1 } }),
  ).toEqual({
    input: { name: '[personal]', friends: [{ name: '[personal]', friends: [] }] },
    output: { iban: '[personal]', amount: 1 },
  });
});

describe('a library that is not zod', () => {
  const validate: StandardSchemaV1.Props['validate'] = (value) =>
    typeof value === 'string' ? { value } : { issues: [{ message: `no text: ${String(value)}` }] };
  const plain: StandardSchemaV1<string, string> = { '~standard': { version: 1, vendor: 'other', validate } as never };
  const withJsonSchema = (json: () => Record<string, unknown>): Schema => {
    const jsonSchema: StandardJSONSchemaV1.Converter = { input: json, output: json };
    return { '~standard': { version: 1, vendor: 'other', validate, jsonSchema } as never };
  };

  test('marks nothing when it has no JSON Schema', async () => {
    await expect(parse(plain, 41_234, 'input')).rejects.toThrow('no text: 41234 (received 41234)');
  });

  test('marks in its JSON Schema', () => {
    const schema = withJsonSchema(() => ({ type: 'object', properties: { a: { 'x-personal': true } } }));
    expect(masked(schema, { a: 'x' })).toEqual({ a: '[personal]' });
  });

  test('has patterns for names', () => {
    const schema = withJsonSchema(() => ({ patternProperties: { '^x': { personal: true }, '(': {} } }));
    expect(masked(schema, { xy: 'x' })).toEqual({ xy: '[personal]' });
  });

  test('has a schema marked as a whole', async () => {
    await expect(parse(personal(plain), 'fine', 'input')).resolves.toBe('fine');
    await expect(parse(personal(plain), 41_234, 'input')).rejects.toThrow(
      'no text: [personal] (received "[personal]")',
    );
  });

  test('is taken for personal as a whole when its JSON Schema cannot be had: nobody knows its marks', () => {
    const schema = withJsonSchema(() => {
      throw new Error('not this one');
    });
    expect(masked(schema, { a: 'x' })).toBe('[personal]');
  });
});

describe('a broken contract does not print the value of a marked field', () => {
  const Order = z.strictObject({
    orderId: z.string().max(3),
    email: personal(z.email()),
    card: personal(
      z.string().refine((card) => card.startsWith('tok_'), { error: ({ input }) => `no token: ${input}` }),
    ),
    lines: z.array(z.object({ to: personal(z.string().max(2)) })),
    byMail: z.record(personal(z.string()), z.int()).optional(),
  });
  const order = { orderId: 'o-1', email: 'ann@example.com', card: 'tok_1', lines: [] };
  const problem = (value: unknown): Promise<string> =>
    parse(Order as Schema<unknown, unknown>, value, 'input').then(
      () => 'none',
      (error: Error) => error.message,
    );

  test.each([
    ['which is wrong', { email: 'ann at home' }, 'email: Invalid email address (received "[personal]")'],
    ['that its own message quotes', { card: '4242424242424242' }, 'card: no token: [personal] (received "[personal]")'],
    [
      'in a list',
      { lines: [{ to: 'Ann Other' }] },
      'lines[0].to: Too big: expected string to have <=2 characters (received "[personal]")',
    ],
    [
      'of the wrong kind',
      { email: { address: 'ann@home' } },
      'email: Invalid input: expected string, received object (received "[personal]")',
    ],
    [
      'that is missing',
      { email: undefined },
      'email: Invalid input: expected string, received undefined (received nothing)',
    ],
    ['that is null', { email: null }, 'email: Invalid input: expected string, received null (received null)'],
    [
      'under a name that nobody knows',
      { mail: 'ann@home' },
      'the value: Unrecognized key: "mail" (received {"orderId":"o-1","email":"[personal]","card":"[personal]","lines":[],"mail":"[personal]"})',
    ],
    [
      'in the place of another',
      { orderId: 'ann@example.com' },
      'orderId: Too big: expected string to have <=3 characters (received "[personal]")',
    ],
    [
      'that is a key',
      { byMail: { 'ann@home.org': 'x' } },
      'byMail.[personal]: Invalid input: expected number, received string (received "[personal]")',
    ],
  ])('%s', async (_, more, expected) => {
    expect(await problem({ ...order, ...more })).toBe(`The input breaks its contract. ${expected}`);
  });

  test('sent as JSON in JSON', async () => {
    expect(await problem(JSON.stringify(order))).toBe(
      'The input breaks its contract. the value: Invalid input: expected object, received string (received "[personal]")',
    );
  });
});
