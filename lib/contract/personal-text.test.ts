import { describe, expect, test } from '@jest/globals';
import { textMask } from './index.ts';

describe('known personal data is taken out of a text', () => {
  test.each([
    ['as it is', ['ann@example.com'], 'no mail to ann@example.com.', 'no mail to [personal].'],
    [
      'in a letter that is another case beyond ASCII',
      ['susan-smith'],
      'no mail to \u017Fusan-\u017Fmith',
      'no mail to [personal]',
    ],
    ['in another case', ['Ann@Example.com'], 'no mail to ann@example.COM', 'no mail to [personal]'],
    ['every time', ['secret-1'], 'secret-1, secret-1', '[personal], [personal]'],
    ['inside a longer word', ['tok_visa'], 'xtok_visay', 'x[personal]y'],
    ['as JSON', ['say "hello"'], String.raw`{"a":"say \"hello\""}`, '{"a":"[personal]"}'],
    ['in an address', ['ann@example.com'], '/customers/ann%40example.com', '/customers/[personal]'],
    ['the longest first', ['Ann', 'Ann Other'], 'Ann Other', '[personal]'],
    ['with signs that mean something in patterns', ['(a+)+$ [x]'], 'is (a+)+$ [x]', 'is [personal]'],
    ['half a character', ['ab\ud800cdefg'], 'x ab\ud800cdefg', 'x [personal]'],
  ])('%s', (_, values, text, expected) => {
    expect(textMask(values)(text)).toBe(expected);
  });

  test.each([
    ['as a part of a word', ['Ann'], 'Announcement to Anna'],
    ['one character', ['a'], 'a letter'],
    ['up to three digits', ['503', '7'], 'answered 503 after 7'],
    ['a truth', ['true', 'false'], 'true or false'],
  ])('what is no clue stays: %s', (_, values, text) => {
    expect(textMask(values)(text)).toBe(text);
  });

  test.each([
    ['text', '{"email":"x@y","a":"b"}', '{"email":[personal],"a":"b"}'],
    ['text with quotation marks', String.raw`{"email": "x\"y", "a": 1}`, '{"email": [personal], "a": 1}'],
    ['a number', '{"email":12,"a":1}', '{"email":[personal],"a":1}'],
    ['text that was cut off', 'answered 400: {"email":"x@y.', 'answered 400: {"email":[personal]'],
    ['an object, and all after it', '{"a":1,"email":{"at":"x","as":"y"}}', '{"a":1,"email":[personal]'],
    [
      'JSON in JSON with quotation marks',
      JSON.stringify(JSON.stringify({ email: 'x"y', a: 1 })),
      String.raw`"{\"email\":[personal],\"a\":1}"`,
    ],
    ['JSON in JSON', String.raw`{\"email\":\"x@y\",\"a\":1}`, String.raw`{\"email\":[personal],\"a\":1}`],
  ])('what stands under a marked name in JSON is taken out: %s', (_, text, expected) => {
    expect(textMask([], new Set(['email']))(text)).toBe(expected);
  });

  test('with nothing known a text stays as it is', () => {
    expect(textMask([])('any "email":"x" text')).toBe('any "email":"x" text');
  });
});
