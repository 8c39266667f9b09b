import { expect, test } from '@jest/globals';
import type { PlainSchema } from '../contract/index.ts';
import { type InScope, stepSource, wire } from './wiring.ts';

const object = (fields: Record<string, PlainSchema>, required = Object.keys(fields)): PlainSchema => ({
  type: 'object',
  properties: fields,
  required,
});
const integer: PlainSchema = { type: 'integer' };
const text: PlainSchema = { type: 'string' };
const input = object({ total: integer });
const scope: readonly InScope[] = [
  { name: 'input', schema: object({ total: integer, note: text }) },
  { name: 'price', schema: object({ total: integer }) },
  { name: 'discount', schema: object({ total: text }) },
  { name: 'tax', schema: object({ total: integer }, []) },
];

test('a field comes from the newest value that has it for certain, in its type', () => {
  expect(wire({ input }, scope)).toEqual({ fields: [['total', 'price.total']], examples: [] });
});

test('a field that nothing has gets an example, and that is said', () => {
  const wiring = wire({ input: object({ total: integer, seatId: text }) }, scope.slice(0, 1));
  expect(wiring).toEqual({
    fields: [
      ['total', 'input.total'],
      ['seatId', "'seat-1'"],
    ],
    examples: ['seatId'],
  });
});

test('what need not be given is left out', () => {
  expect(wire({ input: object({ total: integer, note: text }, ['total']) }, scope).fields).toEqual([
    ['total', 'price.total'],
  ]);
});

test('a step is written with just what it refers to, and names that are no identifiers are quoted', () => {
  const odd = wire({ input: object({ 'gift-text': text, total: integer }) }, [
    { name: 'input', schema: object({ 'gift-text': text }) },
    ...scope.slice(1, 2),
  ]);
  const atom = {
    name: 'wrap-gift',
    identifier: 'wrapGift',
    file: '',
    effect: 'pure',
    isSent: false,
    failures: [],
    input,
    output: {},
  } as const;
  expect(stepSource('step', 'gift', atom, odd)).toBe(
    ".step('gift', wrapGift, ({ input, price }) => ({ 'gift-text': input['gift-text'], total: price.total }))",
  );
});

test('an undo comes with a step, not with a send', () => {
  const undo = { name: 'b', identifier: 'unwrap', file: '' };
  const atom = {
    name: 'a',
    identifier: 'wrap',
    file: '',
    effect: 'keyed',
    isSent: false,
    failures: [],
    input,
    output: {},
    undo,
  } as const;
  const none = wire({ input: object({}) }, []);
  expect(stepSource('step', 'gift', atom, none)).toBe(".step('gift', wrap, () => ({  }), { undo: unwrap })");
  expect(stepSource('send', 'gift', atom, none)).toBe(".send('gift', wrap, () => ({  }))");
});
