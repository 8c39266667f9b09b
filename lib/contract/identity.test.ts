import { describe, expect, test } from '@jest/globals';
import { canonicalJson, executionName } from './index.ts';

describe('the name of an execution', () => {
  test.each(['order-1', 'A_b-9', 'x'.repeat(80)])('is the id %s, which Step Functions takes', (id) => {
    expect(executionName(id)).toBe(id);
  });

  test.each([
    ['of 81 characters', 'x'.repeat(81)],
    ['with a colon', 'shop:1'],
    ['with a space', 'order 1'],
    ['of unicode', 'größe'],
    ['that ends with a line break', 'order-1\n'],
  ])('is the hash of an id %s', (_, id) => {
    expect(executionName(id)).toMatch(/^[0-9a-f]{64}$/);
    expect(executionName(id)).not.toBe(executionName(`${id}x`));
  });
});

describe('canonical JSON', () => {
  test('is the same however keys are ordered, at every depth', () => {
    const one = { b: [{ d: null, c: 'x' }], a: { 10: true, 9: 1.0 } };
    const other = { a: { 9: 1, 10: true }, b: [{ c: 'x', d: null }] };
    expect(canonicalJson(one)).toBe(canonicalJson(other));
  });

  test.each([
    ['the order of a list', [1, 2], [2, 1]],
    ['a value', { a: 1 }, { a: '1' }],
    ['a key that is missing', { a: null }, {}],
  ])('differs by %s', (_, one, other) => {
    expect(canonicalJson(one)).not.toBe(canonicalJson(other));
  });
});
