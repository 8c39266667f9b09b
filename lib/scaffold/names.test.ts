import { describe, expect, test } from '@jest/globals';
import { ScaffoldError } from './errors.ts';
import { camel, checkNewName, objectOf, plural, singular, stepName } from './names.ts';
import { meantBy } from './similar.ts';

test.each([
  ['award-points', 'awardPoints', 'points'],
  ['print-2-labels', 'print2Labels', '2-labels'],
  ['checkout', 'checkout', 'checkout'],
  ['reserve-gift-cards', 'reserveGiftCards', 'gift-cards'],
])('%s is called %s in the code, and is about %s', (name, identifier, object) => {
  expect([camel(name), objectOf(name)]).toEqual([identifier, object]);
});

test.each([
  ['seats', 'seat'],
  ['gift-cards', 'gift-card'],
  ['inventories', 'inventory'],
  ['addresses', 'address'],
  ['boxes', 'box'],
  ['batches', 'batch'],
  ['essays', 'essay'],
])('of %s there is one %s', (many, one) => {
  expect([singular(many), plural(one)]).toEqual([one, many]);
});

test.each(['loyalty', 'stock', 'glass'])('%s is one already', (name) => {
  expect(singular(name)).toBe(name);
});

test('many of something stay many', () => {
  expect(plural('seats')).toBe('seats');
});

describe('a new name', () => {
  test.each(['AwardPoints', 'award_points', 'award points', '-points', 'award-', '', 'a'.repeat(49), 'über-weisen'])(
    'is refused if it is no lower-case words with hyphens: %j',
    (name) => {
      expect(() => checkNewName('Atom', name)).toThrow(ScaffoldError);
      expect(() => checkNewName('Atom', name)).toThrow('Use lower-case words joined by hyphens, at most 48 characters');
    },
  );

  test.each(['delete', 'new', 'import', 'handler', 'test', 'table', 'run-atom', 'z'])(
    'is refused if it means something else in the code: %s',
    (name) => {
      expect(() => checkNewName('Atom', name)).toThrow('which means something else there. Use two words');
    },
  );

  test('is taken otherwise', () => {
    expect(checkNewName('Atom', 'award-points')).toBe('award-points');
  });
});

test.each([
  ['reserve-seat', [], 'seat'],
  ['reserve-seat', ['seat'], 'seatStep'],
  ['reserve-seat', ['seat', 'seatStep'], 'reserveSeat'],
  ['reserve-seat', ['seat', 'seatStep', 'reserveSeat'], 'seat2'],
  ['compute-sum', [], 'sumStep'], // sum is a function of JSONata
  ['read-input', [], 'inputStep'],
])('a step of %s beside %j is called %s', (atom, taken, expected) => {
  expect(stepName(atom, new Set(taken))).toBe(expected);
});

test.each([
  ['order', ['orders', 'shipping'], 'orders'],
  ['shiping', ['orders', 'shipping'], 'shipping'],
  ['orders2', ['orders'], 'orders'],
  ['returns', ['orders', 'shipping'], undefined],
  ['hr', ['pr'], 'pr'],
  ['theatre', [], undefined],
])('%s among %j was probably meant to be %s', (name, known, expected) => {
  expect(meantBy(name, known)).toBe(expected);
});
