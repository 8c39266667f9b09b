import { describe, expect, jest, test } from '@jest/globals';
import { orElse, WorkflowError } from './index.ts';
import { pathOf, reference } from './references.ts';

interface Order {
  readonly total: number;
  readonly lines: readonly { readonly sku: string }[];
  readonly note?: string;
}

describe('a reference', () => {
  test('records the way to its value', () => {
    const { lines } = reference<Order>('input');
    expect(pathOf(lines.at(0).sku)).toEqual({ root: 'input', path: ['lines', 0, 'sku'] });
  });

  test('tells an element of a list from a field called at', () => {
    const { at } = reference<{ at: string }>('input');
    expect(pathOf(at)).toEqual({ root: 'input', path: ['at'] });
  });

  test.each(['name', 'length', 'prototype', 'arguments', 'caller', 'constructor', 'call', 'apply', 'bind'])(
    'reads a field called %s, as every function has or may have one',
    (field) => {
      const { [field]: read } = reference<Record<string, string>>('input');
      expect(pathOf(read)).toEqual({ root: 'input', path: [field] });
    },
  );

  test('leaves the reference alone that it was read from', () => {
    const order = reference<Order>('input');
    expect(order.total).not.toBe(order);
    expect(pathOf(order)).toEqual({ root: 'input', path: [] });
  });

  test('of another copy of this module, in another module format, is a reference too', () => {
    let other: typeof import('./references.ts') | undefined;
    jest.isolateModules(() => {
      other = require('./references.ts');
    });
    expect(other?.reference).not.toBe(reference);
    const note = other?.reference<string | undefined>('input', ['note']);
    expect(pathOf(note)).toEqual({ root: 'input', path: ['note'] });
    expect(note && pathOf(orElse(note, ''))).toEqual({ root: 'input', path: ['note'], otherwise: '' });
  });

  test('is told from every other value', () => {
    const others = [undefined, null, 'input', 7, {}, [], () => 1];
    expect(others.map(pathOf)).toEqual(others.map(() => undefined));
  });

  test('to a field with a backtick in its name, which JSONata cannot write, is refused', () => {
    const input = reference<Record<string, string>>('input');
    expect(() => input['a`b']).toThrow(
      new WorkflowError('A field named a`b cannot be read: JSONata has no way to write a backtick.'),
    );
  });

  test('cannot be written to', () => {
    expect(() => Object.assign(reference<Order>('input') as object, { total: 1 })).toThrow(TypeError);
  });
});

describe('a reference refuses to be taken for a value', () => {
  // The types refuse most of these; whoever writes JavaScript, or casts, is told at the line of the mistake.
  // biome-ignore lint/suspicious/noExplicitAny: what the types refuse is tried
  const total = reference<Order>('input').total as any;

  test.each<readonly [string, () => unknown]>([
    ['a template string', () => `${total}`],
    ['string concatenation', () => `a${total}`],
    ['arithmetic', () => total * 2],
    ['unary plus', () => +total],
    ['an order', () => total > 500],
    // biome-ignore lint/suspicious/noDoubleEquals: it coerces, which is what is tried
    ['loose equality with a value', () => total == 500],
    ['JSON.stringify', () => JSON.stringify({ total })],
    ['String()', () => String(total)],
    ['toString()', () => total.toString()],
    ['valueOf()', () => total.valueOf()],
    ['spread into an object', () => ({ ...total })],
    ['spread into a list', () => [...total]],
    [
      'destructuring a list',
      () => {
        const [first] = total;
        return first;
      },
    ],
    [
      'for … of',
      () => {
        for (const each of total) return each;
        return undefined;
      },
    ],
    [
      'for … in',
      () => {
        for (const each in total) return each;
        return undefined;
      },
    ],
    ['a call', () => total()],
    ['an element that is no number', () => total.at('first')],
    ['the operator in', () => 'cents' in total],
    ['Object.keys', () => Object.keys(total)],
    ['Array.from', () => Array.from(total)],
    ['instanceof on its right', () => ({}) instanceof total],
  ])('%s', (_, misuse) => {
    expect(misuse).toThrow(WorkflowError);
    expect(misuse).toThrow(
      /^input\.total(\.at)? exists only when the workflow runs, and was used here as a value \(.+\)\. /,
    );
  });

  test('await', async () => {
    await expect((async () => await total)()).rejects.toThrow(
      new WorkflowError(
        'input.total exists only when the workflow runs, and was used here as a value (then). Pass it on as it is; compare it with equals(…) or greaterThan(…) in choose; give a default with orElse(…).',
      ),
    );
  });
});

describe('orElse', () => {
  const order = reference<Order>('input');

  test('keeps the way, and the value that holds when there is none', () => {
    expect(pathOf(orElse(order.note, ''))).toEqual({ root: 'input', path: ['note'], otherwise: '' });
  });

  test('leaves the reference alone that it was given', () => {
    const { note } = order;
    orElse(note, 'none');
    expect(pathOf(note)).toEqual({ root: 'input', path: ['note'] });
  });

  test('refuses anything but a reference, with an example', () => {
    const misuse = () => orElse('note' as never, '' as never);
    expect(misuse).toThrow(new WorkflowError('orElse takes a reference, such as orElse(input.note, "").'));
  });
});
