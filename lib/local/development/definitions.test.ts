import { describe, expect, test } from '@jest/globals';
import { compareDefinitions } from './definitions.ts';
import type { Definition } from './layout.ts';

const definition = (content: Definition['content']): Definition => ({
  machine: 'fulfil-order',
  workflow: 'fulfil-order',
  content,
});

const BEFORE = definition({
  StartAt: 'price',
  States: { price: { Type: 'Task', Arguments: '{% 1 %}', Next: 'done' }, done: { Type: 'Succeed' } },
});

describe('what has changed in a definition', () => {
  test('is told by state, with the lines that differ', () => {
    const after = definition({
      StartAt: 'price',
      States: {
        price: { Type: 'Task', Arguments: '{% 2 %}', Next: 'wait' },
        wait: { Type: 'Wait', Seconds: 1, Next: 'done' },
        done: { Type: 'Succeed' },
      },
    });
    expect(compareDefinitions([BEFORE], [after])).toEqual([
      {
        machine: 'fulfil-order',
        workflow: 'fulfil-order',
        states: [
          {
            state: 'price',
            kind: 'changed',
            lines: [
              '-  "Arguments": "{% 1 %}",',
              '-  "Next": "done"',
              '+  "Arguments": "{% 2 %}",',
              '+  "Next": "wait"',
            ],
          },
          {
            state: 'wait',
            kind: 'added',
            lines: ['+{', '+  "Type": "Wait",', '+  "Seconds": 1,', '+  "Next": "done"', '+}'],
          },
        ],
      },
    ]);
  });

  test('is told beside the states too', () => {
    const after = definition({ ...BEFORE.content, StartAt: 'done' });
    expect(compareDefinitions([BEFORE], [after])[0]?.states).toEqual([
      { kind: 'changed', lines: ['-  "StartAt": "price"', '+  "StartAt": "done"'] },
    ]);
  });

  test('is nothing where nothing has', () => expect(compareDefinitions([BEFORE], [BEFORE])).toEqual([]));

  test('is everything of a machine that is new, or gone', () => {
    const kinds = (before: readonly Definition[], after: readonly Definition[]) =>
      compareDefinitions(before, after).flatMap(({ states }) => states.map(({ state, kind }) => [state, kind]));
    const states = ['price', 'done'];
    expect(kinds([], [BEFORE])).toEqual([[undefined, 'changed'], ...states.map((state) => [state, 'added'])]);
    expect(kinds([BEFORE], [])).toEqual([[undefined, 'changed'], ...states.map((state) => [state, 'removed'])]);
  });
});
