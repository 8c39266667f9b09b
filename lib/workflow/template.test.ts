import { describe, expect, test } from '@jest/globals';
import { orElse, WorkflowError } from './index.ts';
import { reference } from './references.ts';
import { capture } from './template.ts';

test('a template becomes plain data, with its references as ways', () => {
  const input = reference<{ orderId: string; note?: string }>('input');
  const template = { id: input.orderId, note: orElse(input.note, 'none'), fixed: [1, null, true, 'x'] };
  expect(capture(template, 'input')).toEqual({
    kind: 'object',
    fields: [
      ['id', { kind: 'reference', root: 'input', path: ['orderId'] }],
      ['note', { kind: 'reference', root: 'input', path: ['note'], otherwise: { kind: 'literal', value: 'none' } }],
      [
        'fixed',
        {
          kind: 'list',
          items: [1, null, true, 'x'].map((value) => ({ kind: 'literal', value })),
        },
      ],
    ],
  });
});

describe('what does not survive the trip through JSON is refused with its path', () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  class Money {}

  const cases: readonly (readonly [string, unknown, string])[] = [
    [
      'undefined',
      undefined,
      'is undefined, which a state machine cannot carry. Leave the key out, or write a JSON value.',
    ],
    [
      'a function',
      () => 1,
      'is function, which a state machine cannot carry. Leave the key out, or write a JSON value.',
    ],
    [
      'a symbol',
      Symbol('s'),
      'is symbol, which a state machine cannot carry. Leave the key out, or write a JSON value.',
    ],
    ['a bigint', 1n, 'is bigint, which a state machine cannot carry. Leave the key out, or write a JSON value.'],
    ['NaN', Number.NaN, 'is NaN, which a state machine cannot carry. JSON knows finite numbers only.'],
    [
      'infinity',
      Number.POSITIVE_INFINITY,
      'is Infinity, which a state machine cannot carry. JSON knows finite numbers only.',
    ],
    [
      'a Date',
      new Date(0),
      'is a Date, which a state machine cannot carry. Write plain objects, lists, strings and numbers.',
    ],
    [
      'a Map',
      new Map(),
      'is a Map, which a state machine cannot carry. Write plain objects, lists, strings and numbers.',
    ],
    [
      'an instance of a class',
      new Money(),
      'is a Money, which a state machine cannot carry. Write plain objects, lists, strings and numbers.',
    ],
  ];

  test.each(cases)('%s', (_, value, message) => {
    expect(() => capture({ lines: [{ price: value }] }, 'input of step "stock"')).toThrow(
      new WorkflowError(`input of step "stock".lines[0].price ${message}`),
    );
  });

  test('a value that contains itself', () => {
    expect(() => capture({ order: cyclic }, 'input')).toThrow(
      new WorkflowError(
        'input.order.self is a value that contains itself, which a state machine cannot carry. Write out the part that is needed.',
      ),
    );
  });

  test('the value itself, when nothing is returned', () => {
    expect(() => capture(undefined, 'payload of event "shipped"')).toThrow('payload of event "shipped" is undefined');
  });

  test('a literal too large for a definition', () => {
    expect(() => capture('x'.repeat(40_000), 'input of step "stock"')).toThrow(
      /^input of step "stock" is 400\d\d characters long; at most 32768\. Let an atom look it up\.$/,
    );
  });
});

test('the same value in two places is no cycle', () => {
  const line = { sku: 'mug' };
  expect(() => capture([line, line], 'input')).not.toThrow();
});

test('an object without a prototype is a plain one', () => {
  expect(capture(Object.assign(Object.create(null), { a: 1 }), 'input')).toEqual(capture({ a: 1 }, 'input'));
});
