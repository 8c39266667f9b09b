import { expect, test } from '@jest/globals';
import { showEvent } from './show.ts';

test('a new definition is shown by state, with the lines that differ', () => {
  const lines = showEvent({
    event: 'live',
    kind: 'structure',
    workflows: ['fulfil-order'],
    atoms: ['admit-fulfil-order'],
    milliseconds: 5_249,
    definitions: [
      {
        machine: 'fulfil-order',
        workflow: 'fulfil-order',
        states: [
          { state: 'price', kind: 'changed', lines: ['-  "Next": "a"', '+  "Next": "b"'] },
          { state: 'a', kind: 'removed', lines: ['-{}'] },
        ],
      },
    ],
  });
  expect(lines.join('\n')).toBe(`live       fulfil-order, admit-fulfil-order after 5.2 s
  fulfil-order
    ~ price
      -  "Next": "a"
      +  "Next": "b"
    - a`);
});

test('a long reason is cut, and says so', () => {
  const reason = Array.from({ length: 60 }, (_, line) => `line ${line}`).join('\n');
  const lines = showEvent({ event: 'refused', reason, milliseconds: 1 });
  expect(lines).toHaveLength(42);
  expect(lines.at(-1)).toBe('  … and 20 lines more');
});

test('of many files the first are named', () => {
  const files = ['a.ts', 'b.ts', 'c.ts', 'd.ts', 'e.ts', 'f.ts'];
  expect(showEvent({ event: 'changed', files })).toEqual(['', 'saved      a.ts, b.ts, c.ts, d.ts and 2 more']);
});
