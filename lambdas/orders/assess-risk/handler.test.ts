import { expect, test } from '@jest/globals';
import { runAtom, testAtom } from '../../../lib/testing/index.ts';
import { handler } from './handler.ts';

const order = {
  customerId: 'c-1',
  email: 'ann@example.com',
  country: 'DE',
  total: 2_990,
  lines: [{ sku: 'mug', quantity: 2, unitPrice: 1_250 }],
};

test('the contract is kept, whatever goes wrong', () => testAtom(handler));

test.each([
  ['a large total alone is a low risk', { total: 500_001 }, 'low', 40],
  ['at the limit a total is no risk', { total: 500_000 }, 'low', 0],
  ['a throw-away address alone is a low risk', { email: 'x@mailinator.com' }, 'low', 30],
  ['more than 20 of a product alone is a low risk', { lines: [{ sku: 'mug', quantity: 21, unitPrice: 1 }] }, 'low', 20],
  ['20 of a product are no risk', { lines: [{ sku: 'mug', quantity: 20, unitPrice: 1 }] }, 'low', 0],
  ['a large total and a throw-away address are a high risk', { total: 600_000, email: 'x@mailinator.com' }, 'high', 70],
  [
    'a large total of many is a high risk: the limit itself',
    { total: 600_000, lines: [{ sku: 'mug', quantity: 50, unitPrice: 1 }] },
    'high',
    60,
  ],
])('%s', async (_, more, level, score) => {
  const { output } = await runAtom(handler, { ...order, ...more });
  expect(output).toMatchObject({ level, score });
});

test('an address that merely contains a throw-away domain’s name is no risk', async () => {
  const { output } = await runAtom(handler, { ...order, email: 'mailinator@example.com' });
  expect(output).toMatchObject({ score: 0 });
});
