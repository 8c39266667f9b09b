import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from '@jest/globals';
import { WorkflowError } from './index.ts';
import { checkStepName, identifierOf } from './names.ts';

test.each(['stock', 'reserveStock', 'step2', 'a'.repeat(60), 'countItems', 'constructor'])(
  '%s names a step',
  (name) => {
    expect(checkStepName(name, new Set(['other']))).toBe(name);
  },
);

describe('a name that cannot name a step is refused', () => {
  test.each([
    ['a capital first', 'Stock'],
    ['a hyphen', 'reserve-stock'],
    ['an underscore', 'reserve_stock'],
    ['a digit first', '2nd'],
    ['nothing', ''],
    ['a letter that is not of ASCII', 'lager\u00fc'],
    ['61 characters', 'a'.repeat(61)],
  ])('%s', (_, name) => {
    expect(() => checkStepName(name, new Set())).toThrow(
      new WorkflowError(
        `"${name}" cannot name a step: use an identifier of at most 60 letters and digits that begins with a small letter, such as reserveStock.`,
      ),
    );
  });

  test('taken already', () => {
    expect(() => checkStepName('stock', new Set(['stock']))).toThrow(
      new WorkflowError('A step "stock" already exists. Every step has a name of its own.'),
    );
  });

  test.each(['input', 'item', 'failure', 'parked', 'pivot', 'states'])('%s, which Breakwater uses itself', (name) => {
    expect(() => checkStepName(name, new Set())).toThrow(
      new WorkflowError(`"${name}" is a name that Breakwater uses itself. Try ${name}Step.`),
    );
  });

  test('a function of JSONata', () => {
    expect(() => checkStepName('count', new Set())).toThrow(
      new WorkflowError('"count" is a function of JSONata, and a step of that name would hide it. Try countStep.'),
    );
  });

  test('a function that Step Functions adds to JSONata', () => {
    const added = ['partition', 'range', 'hash', 'random', 'uuid', 'parse'];
    for (const name of added) expect(() => checkStepName(name, new Set())).toThrow('is a function of JSONata');
  });

  test('every function that the reference implementation of JSONata defines', () => {
    const source = readFileSync(createRequire(import.meta.url).resolve('jsonata'), 'utf8');
    const defined = [...source.matchAll(/staticFrame\.bind\('(\w+)'/g)].map(([, name = '']) => name);
    expect(defined.length).toBeGreaterThan(50);
    const accepted = defined.filter((name) => {
      try {
        return checkStepName(name, new Set());
      } catch {
        return false;
      }
    });
    expect(accepted).toEqual([]);
  });
});

test.each([
  ['order-fulfilled', 'orderFulfilled'],
  ['order', 'order'],
  ['step-2-done', 'step2Done'],
])('the event %s is called %s in the workflow', (event, name) => {
  expect(identifierOf(event)).toBe(name);
});
