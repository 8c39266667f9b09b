import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import jsonata from 'jsonata';
import type { Json } from '../../asl/index.ts';
import { evaluate, type Scope } from './expressions.ts';

const scopeOf = (input: unknown, variables: Scope['variables'] = {}, now = 0): Scope => ({
  states: { input, context: { Execution: { Name: 'o-1' } } },
  variables,
  now,
});

const wrapped = (code: string): string => `{% ${code} %}`;

/** What an expression gives, or the name of its error. */
const given = async (template: Json, scope: Scope): Promise<unknown> => {
  try {
    return { value: await evaluate(template, scope) };
  } catch (error) {
    return { error: (error as Error).name };
  }
};

/** The same by the reference implementation alone, which remembers nothing. */
async function plain(code: string, { states, variables, now }: Scope): Promise<unknown> {
  try {
    const value = await jsonata(code).evaluate(undefined, { ...variables, states, millis: () => now });
    return value === undefined || value === Number.POSITIVE_INFINITY || typeof value === 'function'
      ? { error: 'States.QueryEvaluationError' }
      : { value: JSON.parse(JSON.stringify(value)) };
  } catch {
    return { error: 'States.QueryEvaluationError' };
  }
}

function parses(code: string): boolean {
  try {
    jsonata(code);
    return true;
  } catch {
    return false;
  }
}

describe('a template', () => {
  test.each<[Json]>([
    ['text'],
    [''],
    [7],
    [true],
    [null],
    ['{% not closed'],
    ['not opened %}'],
    [[1, [2]]],
    [{ a: { b: null } }],
  ])('without expressions is itself: %j', async (template) => {
    expect(await evaluate(template, scopeOf(null))).toEqual(template);
  });

  test('is evaluated at every depth, and only where a whole text is an expression', async () => {
    const template = { a: ['{% $states.input.n + 1 %}', { b: '{% $v %}' }], c: 'n is {% $v %}', d: 1 };
    expect(await evaluate(template, scopeOf({ n: 1 }, { v: 'x' }))).toEqual({
      a: [2, { b: 'x' }],
      c: 'n is {% $v %}',
      d: 1,
    });
  });

  test('keeps a null that an expression gives, also when it is remembered', async () => {
    for (const _ of [1, 2])
      expect(await evaluate({ a: '{% $states.input.none %}' }, scopeOf({ none: null }))).toEqual({ a: null });
  });

  test('that is left out gives nothing', async () => {
    expect(await evaluate(undefined, scopeOf(null))).toBeUndefined();
  });

  test('with an expression that was evaluated on the same before needs no promise', async () => {
    const [template, scope] = ['{% $states.input.once & "!" %}', scopeOf({ once: 'a' })];
    expect(await evaluate(template, scope)).toBe('a!');
    expect(evaluate(template, scope)).toBe('a!');
  });
});

describe('an expression is a States.QueryEvaluationError when it', () => {
  test.each([
    ['gives nothing', '$states.input.missing'],
    ['gives nothing in a list', '[1][7]'],
    ['reads a variable that is not assigned', '$unassigned'],
    ['adds a text', '1 + "a"'],
    ['calls what is no function', '$nowhere()'],
    ['divides by nothing', '1 / 0'],
    ['throws by itself', '$error("no")'],
    ['gives a function', 'function($x) { $x }'],
    ['gives a built-in function', '$sum'],
    ['gives a regular expression', '/a/'],
  ])('%s', async (_, code) => {
    expect(await given(wrapped(code), scopeOf({ a: 1 }))).toEqual({ error: 'States.QueryEvaluationError' });
  });

  test('fails anywhere in a template', async () => {
    expect(await given({ a: 1, b: [{ c: '{% $states.input.missing %}' }] }, scopeOf({}))).toEqual({
      error: 'States.QueryEvaluationError',
    });
  });

  test('failed before, each time again, until it gives something', async () => {
    const code = wrapped('$states.input.sometimes');
    expect(await given(code, scopeOf({}))).toEqual({ error: 'States.QueryEvaluationError' });
    expect(await given(code, scopeOf({}))).toEqual({ error: 'States.QueryEvaluationError' });
    expect(await given(code, scopeOf({ sometimes: 1 }))).toEqual({ value: 1 });
    expect(await given(code, scopeOf({}))).toEqual({ error: 'States.QueryEvaluationError' });
  });
});

test.each(['$millis()', '$millis ()', '$toMillis($now())', '$toMillis($now ( ))', '$map([1], $millis)[0]'])(
  '%s is the virtual time, whenever it is asked',
  async (code) => {
    for (const now of [0, 1, Date.UTC(2030, 0, 1), 1])
      expect(await evaluate(wrapped(code), scopeOf(null, {}, now))).toBe(now);
  },
);

describe('what was remembered is never given for something else', () => {
  test.each<[string, unknown, unknown]>([
    ['$exists($states.input.a)', { a: null }, {}],
    ['$type($states.input.a) = "null"', { a: null }, {}],
    ['$states.input.größe', { größe: 1 }, { größe: 2 }],
    ['$states.input.a$b', { a$b: 1 }, { a$b: 2 }],
    ['$states.input.`a-b`', { 'a-b': 1 }, { 'a-b': 2 }],
    ['$states.input."a b"', { 'a b': 1 }, { 'a b': 2 }],
    ['$states.input["a"]', 1, 2],
    ['$states.input.list.n', { list: [{ n: 1 }] }, { list: [{ n: 2 }] }],
    ['$states.input.list[1].n', { list: [{ n: 0 }, { n: 1 }] }, { list: [{ n: 0 }, { n: 2 }] }],
    ['$states.input.a.b.%.c', { a: { b: 1, c: 1 } }, { a: { b: 1, c: 2 } }],
    ['$states.input.a@$x.b', { a: 1, b: 1 }, { a: 1, b: 2 }],
    ['$states.input.**.n', { a: { n: 1 } }, { a: { n: 2 } }],
    ['$states.*.n', { n: 1 }, { n: 2 }],
    ['($s := $states; $s.input.n)', { n: 1 }, { n: 2 }],
    ['$lookup($states.input, "n")', { n: 1 }, { n: 2 }],
    ['$states.input.n = "1"', { n: 1 }, { n: '1' }],
    ['$count($states.input.n)', { n: [] }, { n: [[]] }],
  ])('%s over two inputs', async (code, one, other) => {
    for (const input of [one, other, one]) {
      const scope = scopeOf(input);
      expect(await given(wrapped(code), scope)).toEqual(await plain(code, scope));
    }
  });

  test.each(['$größe', '$a_1', '$A', '$a.b', '$a.b[0]', '($a ; $b)', '$b > $a.b', '$string($größe)'])(
    '%s over two sets of variables',
    async (code) => {
      for (const [größe, b] of [
        [1, 1],
        [2, 1],
        [1, 2],
      ]) {
        const scope = scopeOf(null, { größe, a_1: größe, A: größe, a: { b: größe }, b });
        expect(await given(wrapped(code), scope)).toEqual(await plain(code, scope));
      }
    },
  );

  test('whatever the expression and the scopes: the reference implementation gives the same', async () => {
    const name = fc.constantFrom('a', 'b', 'a-b', 'ä', 'c1', '$d', 'and');
    const json = fc.letrec((tie) => ({
      json: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom(null, true, false, 0, 1, 2, '', 'a', '1', 'x'),
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(name, tie('json'), { maxKeys: 4 }),
      ),
    })).json;
    const step = fc.oneof(
      name.map((each) => (/^[a-z]\w*$/.test(each) && each !== 'and' ? `.${each}` : `.\`${each}\``)),
      fc.constantFrom('[0]', '[-1]', '.*', '.**', '[a = 1]', '.(a & b)', '.%', '["a"]', '[]', '^(a)', '{"k": $}'),
    );
    const path = fc
      .tuple(
        fc.constantFrom('$states.input', '$states', '$v', '$w', '$ü', '$states.context.Execution'),
        fc.array(step, { maxLength: 4 }),
      )
      .map(([root, steps]) => root + steps.join(''));
    const code = fc.letrec((tie) => ({
      code: fc.oneof(
        { depthSize: 'small' },
        path,
        path,
        fc
          .tuple(
            fc.constantFrom('$exists', '$type', '$string', '$count', '$not', '$keys', '$millis', '$sum'),
            tie('code'),
          )
          .map(([call, of]) => (call === '$millis' ? '$millis()' : `${call}(${String(of)})`)),
        fc
          .tuple(tie('code'), fc.constantFrom('=', '!=', '&', '+', 'in', 'and'), tie('code'))
          .map(([a, by, b]) => `(${String(a)} ${by} ${String(b)})`),
        fc
          .tuple(tie('code'), tie('code'), tie('code'))
          .map(([a, b, c]) => `(${String(a)} ? ${String(b)} : ${String(c)})`),
        fc.tuple(tie('code'), tie('code')).map(([a, b]) => `{"one": ${String(a)}, "two": ${String(b)}}`),
        fc.tuple(tie('code'), tie('code')).map(([a, b]) => `[${String(a)}, ${String(b)}]`),
      ),
    })).code;
    const scope = fc.record({ input: json, v: fc.option(json, { nil: undefined }), w: json, ü: json, now: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(code, fc.array(scope, { minLength: 2, maxLength: 6 }), async (text, scopes) => {
        const expression = String(text);
        fc.pre(parses(expression));
        for (const { input, v, w, ü, now } of [...scopes, ...scopes]) {
          const each = scopeOf(input, { ...(v === undefined ? {} : { v }), w, ü }, now);
          const expected = await plain(expression, each);
          expect(await given(wrapped(expression), each)).toEqual(expected);
        }
      }),
      { numRuns: 400 },
    );
  }, 60_000);
});
