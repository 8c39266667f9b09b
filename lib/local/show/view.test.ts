import { expect, test } from '@jest/globals';
import { hasColour, isScreen } from './view.ts';

const TERMINAL = { isTTY: true };
const FILE = {};

test.each([
  [TERMINAL, {}, true],
  [TERMINAL, { NO_COLOR: '1' }, false],
  [TERMINAL, { NO_COLOR: '' }, true],
  [TERMINAL, { TERM: 'dumb' }, false],
  [TERMINAL, { FORCE_COLOR: '0' }, false],
  [TERMINAL, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  [FILE, {}, false],
  [FILE, { FORCE_COLOR: '1' }, true],
  [FILE, { FORCE_COLOR: '' }, true],
])('%j with %j has colours: %s', (stream, environment, expected) => {
  expect(hasColour(stream, environment)).toBe(expected);
});

test.each([
  [TERMINAL, {}, true],
  [TERMINAL, { TERM: 'dumb' }, false],
  [TERMINAL, { CI: 'true' }, false],
  [TERMINAL, { CI: 'false' }, true],
  [FILE, { FORCE_COLOR: '1' }, false],
])('%j with %j can be drawn on: %s', (stream, environment, expected) => {
  expect(isScreen(stream, environment)).toBe(expected);
});
