import { describe, expect, jest, test } from '@jest/globals';
import * as here from './index.ts';

/** Another copy of the same room, as a library in another module format brings along. */
function copy(): typeof here {
  let loaded: typeof here | undefined;
  jest.isolateModules(() => {
    loaded = require('./index.ts');
  });
  if (!loaded || loaded.Transient === here.Transient) throw new Error('It is the same copy.');
  return loaded;
}

const other = copy();

describe('an error of another copy', () => {
  test.each([
    [other.Transient, here.Transient],
    [other.NotAttempted, here.NotAttempted],
    [other.ContractBroken, here.ContractBroken],
    [other.Fenced, here.Fenced],
    [other.OutcomeUnknown, here.OutcomeUnknown],
  ])('is what it is, and an atom’s error: %p', (Made, Expected) => {
    const error = new Made('…');
    expect(error).toBeInstanceOf(Expected);
    expect(error).toBeInstanceOf(here.AtomError);
  });

  test('is not more than it is', () => {
    expect(new other.NotAttempted('…')).toBeInstanceOf(here.Transient);
    expect(new other.Transient('…')).not.toBeInstanceOf(here.NotAttempted);
    expect(new other.Fenced('…')).not.toBeInstanceOf(here.Transient);
  });
});

test('a declared failure of another copy is one', () => {
  expect(new other.DeclaredFailure('CardDeclined', {})).toBeInstanceOf(here.DeclaredFailure);
  expect({ name: 'CardDeclined', payload: {} }).not.toBeInstanceOf(here.DeclaredFailure);
});

test('an error that somebody derives is its own kind, and the one that it was derived from', () => {
  class RateLimited extends here.Transient {}
  expect(new RateLimited('…')).toBeInstanceOf(RateLimited);
  expect(new RateLimited('…')).toBeInstanceOf(other.Transient);
  expect(new here.Transient('…')).not.toBeInstanceOf(RateLimited);
});

test.each([undefined, null, 7, 'Transient', {}, Object.create(null), new Error('…')])('%p is none of them', (value) => {
  expect(value instanceof here.AtomError).toBe(false);
});
