import { describe, expect, test } from '@jest/globals';
import { and, atLeast, atMost, differs, equals, greaterThan, lessThan, not, or, WorkflowError } from './index.ts';
import { reference } from './references.ts';

const input = reference<{ total: number; level: string }>('input');
const total = { kind: 'reference', root: 'input', path: ['total'] };

test.each([
  ['equals', equals(input.total, 1), '='],
  ['differs', differs(input.total, 1), '!='],
  ['lessThan', lessThan(input.total, 1), '<'],
  ['atMost', atMost(input.total, 1), '<='],
  ['greaterThan', greaterThan(input.total, 1), '>'],
  ['atLeast', atLeast(input.total, 1), '>='],
])('%s becomes plain data', (_, { condition }, operator) => {
  expect(condition).toEqual({ kind: 'compare', left: total, operator, right: { kind: 'literal', value: 1 } });
});

test('two references can be compared', () => {
  expect(lessThan(input.total, input.total).condition).toMatchObject({ left: total, right: total });
});

test('conditions nest', () => {
  const [high, rich] = [equals(input.level, 'high'), greaterThan(input.total, 9)];
  expect(and(high, not(or(rich, high))).condition).toEqual({
    kind: 'and',
    conditions: [
      high.condition,
      { kind: 'not', condition: { kind: 'or', conditions: [rich.condition, high.condition] } },
    ],
  });
});

describe('a condition that could not be asked is refused', () => {
  test.each([
    ['left', () => equals(undefined as never, 1 as never), 'left is undefined'],
    ['right', () => equals(input.total, Number.NaN), 'right is NaN'],
  ])('for its %s side', (_, make, message) => {
    expect(make).toThrow(WorkflowError);
    expect(make).toThrow(message);
  });

  test.each([
    ['and', and],
    ['or', or],
  ])('when %s joins nothing', (_, join) => {
    expect(() => (join as (...none: never[]) => unknown)()).toThrow(WorkflowError);
  });
});
