import { describe, expect, test } from '@jest/globals';
import { evaluate, QueryEvaluationError } from '../../test/fakes/walk.ts';
import {
  and,
  atLeast,
  type Condition,
  differs,
  type Expression,
  equals,
  greaterThan,
  lessThan,
  not,
  or,
  orElse,
} from '../workflow/index.ts';
// The plan's own view of what a user writes; references and templates are captured as the builder does.
import { reference } from '../workflow/references.ts';
import { capture } from '../workflow/template.ts';
import { conditionText, quoted, substitute, toJson, wrapped } from './expression.ts';

const variables = (root: string) => `$${root}`;
// biome-ignore lint/suspicious/noExplicitAny: references of any shape
const input = reference<any>('input') as any;
const compiled = (template: unknown) => toJson(capture(template, 'value'), variables);
const given = (template: unknown, value: unknown) => evaluate(compiled(template), { input: value });

describe('a value', () => {
  test('that is known is plain JSON', () => {
    expect(compiled({ a: [1, 'x', null, { b: true }], c: {} })).toEqual({ a: [1, 'x', null, { b: true }], c: {} });
  });

  test('that is known in part is one expression', () => {
    expect(compiled({ id: input.orderId, fixed: { n: 1 } })).toBe("{% {'id': $input.orderId, 'fixed': {'n': 1}} %}");
  });

  test.each([
    ['a single quote', "it's"],
    ['a double quote', 'a "quoted" one'],
    ['both quotes', `it's "quoted"`],
    ['a backslash', 'C:\\temp\\'],
    ['a backslash before quotes', `\\" \\' \\\\"`],
    ['the end of an expression', '100 %} of it'],
    ['a whole expression', '{% $states.context.Execution.Id %}'],
    ['the beginning of one', '{% never ends'],
    ['line breaks and controls', 'a\n\r\t\u0000\u001f'],
    ['unicode', '日本 “ü” \u{1f4e6} \u2028 \u2029'],
    ['a lone surrogate', '\ud83d'],
    ['a template of JavaScript', '${Bus} `x`'],
    ['nothing', ''],
  ])('survives with %s in it', async (_, text) => {
    expect(await evaluate(wrapped(quoted(text)), {})).toBe(text);
    expect(await given({ text, id: input.orderId }, { orderId: 'o' })).toEqual({ text, id: 'o' });
    expect(await given({ [`key ${text}`]: input.orderId }, { orderId: 'o' })).toEqual({ [`key ${text}`]: 'o' });
    expect(await evaluate(compiled({ text }), {})).toEqual({ text });
  });

  test('that is a whole expression as a literal is not evaluated', async () => {
    expect(await evaluate(compiled('{% 1 + 1 %}'), {})).toBe('{% 1 + 1 %}');
  });

  test.each([
    ['a list of one', ['a']],
    ['an empty list', []],
    ['a list of lists', [['a'], ['b', 'c']]],
    ['null', null],
    ['an object', { b: [1] }],
    ['an empty object', {}],
    ['false', false],
    ['zero', 0],
    ['an empty text', ''],
  ])('keeps %s as it is', async (_, value) => {
    expect(await given({ a: input.a }, { a: value })).toEqual({ a: value });
    expect(await given({ a: [input.a] }, { a: value })).toEqual({ a: [value] });
    expect(await given({ a: orElse(input.a, 'x') }, { a: value })).toEqual({ a: value });
    expect(await given(input.a, { a: value })).toEqual(value);
  });

  test.each<readonly [string, unknown, unknown]>([
    ['lists', [input.tags, input.one, input.none, 'x'], [['a', 'b'], ['c'], [], 'x']],
    ['lists inside of lists', [[input.tags, 'y'], 'x'], [[['a', 'b'], 'y'], 'x']],
    ['an empty list inside of lists', [[[input.none]]], [[[[]]]]],
    ['lists and objects', [{ tags: input.tags }, [input.one]], [{ tags: ['a', 'b'] }, [['c']]]],
    ['a list with a default', [orElse(input.tags, 'x'), 'y'], [['a', 'b'], 'y']],
    ['a missing value', [input.note, 'x'], [null, 'x']],
    ['a missing value inside of lists', [[input.note]], [[null]]],
  ])('keeps the items of a list apart: %s', async (_, template, expected) => {
    expect(await given(template, { tags: ['a', 'b'], one: ['c'], none: [] })).toEqual(expected);
  });

  test('that is missing drops its key', async () => {
    expect(await given({ id: input.orderId, note: input.note }, { orderId: 'o' })).toEqual({ id: 'o' });
  });

  test('that is missing gives what orElse says', async () => {
    expect(await given({ note: orElse(input.note, "none, it's empty") }, {})).toEqual({ note: "none, it's empty" });
    expect(await given({ note: orElse(input.gift.text, 0) }, { gift: null })).toEqual({ note: 0 });
  });

  test('at the top is null when it is missing, because an expression must give something', async () => {
    expect(await given(input.note, {})).toBeNull();
  });

  test.each([
    ['an operator', 'and'],
    ['an operator', 'or'],
    ['an operator', 'in'],
    ['a literal', 'true'],
    ['a literal', 'null'],
    ['a keyword', 'function'],
    ['no identifier', 'first-name'],
    ['a number', '2nd'],
    ['unicode', 'größe'],
    ['empty', ''],
    ['quoted', 'a"b'],
  ])('is read from a field whose name is %s (%s)', async (_, key) => {
    expect(await given({ found: input[key] }, { [key]: 'here' })).toEqual({ found: 'here' });
  });

  test('is read from the last element of a list, and is missing behind it', async () => {
    const template = { last: input.lines.at(-1), none: input.lines.at(2) };
    expect(await given(template, { lines: ['a', 'b'] })).toEqual({ last: 'b' });
  });

  test('is read from an element of a list', async () => {
    const lines = [{ skus: ['a'] }, { skus: ['b', 'c'] }];
    expect(await given({ first: input.lines.at(0).skus, second: input.lines.at(1).skus.at(1) }, { lines })).toEqual({
      first: ['a'],
      second: 'c',
    });
  });
});

describe('a condition', () => {
  const holds = (condition: Condition, value: unknown) =>
    evaluate(wrapped(conditionText(condition.condition, variables)), { input: value });

  test.each<readonly [string, Condition, unknown, boolean]>([
    ['equal texts', equals(input.a, 'x'), { a: 'x' }, true],
    ['other types', equals(input.a, '1'), { a: 1 }, false],
    ['null with null', equals(input.a, null), { a: null }, true],
    ['a missing value with null', equals(input.a, null), {}, false],
    ['equality of a missing value', equals(input.a, 'x'), {}, false],
    ['difference of a missing value', differs(input.a, 'x'), {}, true],
    ['difference of equal ones', differs(input.a, 'x'), { a: 'x' }, false],
    ['a smaller number', lessThan(input.a, 2), { a: 1 }, true],
    ['the same number', lessThan(input.a, 2), { a: 2 }, false],
    ['at least the same', atLeast(input.a, 2), { a: 2 }, true],
    ['two references', greaterThan(input.a, input.b), { a: 2, b: 1 }, true],
    ['an order of a missing number', greaterThan(input.a, 0), {}, false],
    ['an order of a text', greaterThan(input.a, 0), { a: '7' }, false],
    ['an order of null', lessThan(input.a, 0), { a: null }, false],
    ['an order of a list', lessThan(input.a, input.b), { a: [1], b: 2 }, false],
    ['all of several', and(equals(input.a, 1), equals(input.b, 2)), { a: 1, b: 2 }, true],
    ['all of several, one of which does not hold', and(equals(input.a, 1), equals(input.b, 2)), { a: 1 }, false],
    ['any of several', or(equals(input.a, 1), equals(input.b, 2)), { b: 2 }, true],
    ['none of several', not(or(equals(input.a, 1), equals(input.b, 2))), {}, true],
    [
      'and inside of or, in the order in which they were written',
      and(or(equals(input.a, 1), equals(input.b, 1)), equals(input.c, 1)),
      { a: 1, c: 0 },
      false,
    ],
  ])('%s', async (_, condition, value, expected) => {
    expect(await holds(condition, value)).toBe(expected);
  });

  test('joined of one condition is that condition', async () => {
    expect(await holds(and(equals(input.a, 1)), { a: 1 })).toBe(true);
  });
});

describe('a variable replaced by what it will hold', () => {
  const value = capture({ a: input.x, list: [input.y, 'z'], fixed: 7 }, 'value');
  const replaced = (template: (refs: typeof input) => unknown): Expression =>
    substitute(capture(template(reference('chosen')), 'template'), 'chosen', value);
  const result = (template: (refs: typeof input) => unknown, known: unknown) =>
    evaluate(wrapped(`{'value': ${unwrapped(toJson(replaced(template), variables))}}`), { input: known });
  const unwrapped = (json: unknown) =>
    typeof json === 'string' && json.startsWith('{%') ? json.slice(2, -2) : JSON.stringify(json);

  test.each<readonly [string, (refs: typeof input) => unknown, unknown]>([
    ['as a whole', (chosen) => chosen, { a: 1, list: [2, 'z'], fixed: 7 }],
    ['by a field that is a reference', (chosen) => chosen.a, 1],
    ['by a field that is known', (chosen) => [chosen.fixed], [7]],
    ['by an item of its list', (chosen) => chosen.list.at(1), 'z'],
    ['inside of other values', (chosen) => ({ b: { c: [chosen.a] } }), { b: { c: [1] } }],
    ['with a default for what it does not have', (chosen) => orElse(chosen.none, 'default'), 'default'],
    ['with a default that is not needed', (chosen) => orElse(chosen.fixed, 8), 7],
  ])('%s', async (_, template, expected) => {
    expect(await result(template, { x: 1, y: 2 })).toEqual({ value: expected });
  });

  test('by a field that it does not have: the key is dropped', async () => {
    expect(await result((chosen) => ({ none: chosen.none, a: chosen.a }), { x: 1 })).toEqual({ value: { a: 1 } });
  });

  test('keeps its own default before that of whoever reads it', async () => {
    const own = capture({ note: orElse(input.note, 'own') }, 'value');
    const read = capture(orElse(reference<{ note: string }>('chosen').note, 'outer'), 'template');
    expect(await evaluate(toJson(substitute(read, 'chosen', own), variables), { input: {} })).toBe('own');
  });

  test('leaves other variables alone', () => {
    const other = capture({ id: input.orderId }, 'value');
    expect(substitute(other, 'chosen', value)).toEqual(other);
  });
});

test('the walk that these tests stand on fails where Step Functions does', async () => {
  await expect(evaluate('{% $missing %}', {})).rejects.toThrow(QueryEvaluationError);
  await expect(evaluate('{% 1 < "a" %}', {})).rejects.toThrow(QueryEvaluationError);
});
