import { expect, test } from '@jest/globals';
import { cellOf, turning } from './cells.ts';
import { steps } from './under-test.ts';

const NOW = 0;
const turn = turning(NOW);

test.each([
  ['has not been reached', 'price', '·', 'muted'],
  ['is at its first attempt', 'price payment…', turn, undefined],
  ['is tried again after a failure', 'payment×3✘…', `${turn}×3`, 'warning'],
  ['is done', 'payment', '✔', 'good'],
  ['is done at its second attempt', 'payment×2', '✔×2', 'good'],
  ['has failed', 'payment✘', '✘', 'bad'],
  ['has failed and is being found out', 'payment×4✘ settle:payment×2✘…', '✘×4?×2…', 'warning'],
  ['has been found out', 'payment×4✘ settle:payment', '✘×4?', 'warning'],
  ['could not be found out', 'payment×4✘ settle:payment×20✘', '✘×4?×20✘', 'bad'],
  ['is being undone', 'payment undo:payment…', '✔↺…', 'undone'],
  ['was undone', 'payment×4✘ settle:payment undo:payment', '✘×4↺', 'undone'],
  ['could not be undone', 'payment undo:payment×20✘', '✔↺×20✘', 'bad'],
])('a step that %s', (_, journey, text, tone) => {
  expect(cellOf('payment', steps(journey), NOW)).toEqual(tone ? { text, tone } : { text });
});

test('what is under way turns', () => {
  expect(turning(0)).not.toBe(turning(250));
});
