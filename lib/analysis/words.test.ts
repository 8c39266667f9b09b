import { expect, test } from '@jest/globals';
import type { Expression, PlanCondition } from '../workflow/index.ts';
import { conditionInWords, inWords } from './words.ts';

const reference = (root: string, ...path: (string | number)[]): Expression => ({ kind: 'reference', root, path });
const literal = (value: string | number | boolean | null): Expression => ({ kind: 'literal', value });
const compare = (operator: '=' | '!=' | '<' | '<=' | '>' | '>=', right = literal(1)): PlanCondition => ({
  kind: 'compare',
  left: reference('input', 'a'),
  operator,
  right,
});

test.each([
  [compare('='), 'input.a is 1'],
  [compare('!=', literal(null)), 'input.a is not null'],
  [compare('<'), 'input.a < 1'],
  [compare('<='), 'input.a ≤ 1'],
  [compare('>', reference('risk', 'score')), 'input.a > risk.score'],
  [compare('>='), 'input.a ≥ 1'],
  [{ kind: 'not', condition: compare('=') }, 'not input.a is 1'],
  [{ kind: 'or', conditions: [compare('='), compare('<')] }, 'input.a is 1 or input.a < 1'],
  [
    {
      kind: 'and',
      conditions: [compare('='), { kind: 'not', condition: { kind: 'or', conditions: [compare('<'), compare('>')] } }],
    },
    'input.a is 1 and not (input.a < 1 or input.a > 1)',
  ],
] as const satisfies readonly (readonly [PlanCondition, string])[])('%j is said as %s', (condition, words) => {
  expect(conditionInWords(condition)).toBe(words);
});

test.each([
  [reference('input', 'lines', 0, 'sku'), 'input.lines[0].sku'],
  [{ kind: 'reference', root: 'input', path: ['note'], otherwise: literal('') } as const, '(input.note, else "")'],
  [literal(true), 'true'],
  [literal('x'.repeat(41)), `"${'x'.repeat(40)}…"`],
  [
    {
      kind: 'object',
      fields: [
        ['total', literal(1)],
        ['at', literal(2)],
      ],
    } as const,
    '{ total, at }',
  ],
  [{ kind: 'list', items: [literal(1), reference('gift')] } as const, '[1, gift]'],
])('%j is said as %s', (expression, words) => {
  expect(inWords(expression as Expression)).toBe(words);
});
