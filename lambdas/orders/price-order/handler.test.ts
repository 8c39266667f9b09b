import { expect, test } from '@jest/globals';
import { ContractBroken } from '../../../lib/runtime/index.ts';
import { runAtom, testAtom } from '../../../lib/testing/index.ts';
import { handler } from './handler.ts';

test('the contract is kept, whatever goes wrong', () => testAtom(handler));

test.each([
  ['shipping abroad costs more', 'NZ', 1_000, { items: 1_000, shipping: 1_490, total: 2_490 }],
  ['just below the limit shipping is paid', 'DE', 9_999, { items: 9_999, shipping: 490, total: 10_489 }],
  ['from the limit on shipping is free', 'NZ', 10_000, { items: 10_000, shipping: 0, total: 10_000 }],
  ['a gift still has to be shipped', 'DE', 0, { items: 0, shipping: 490, total: 490 }],
])('%s', async (_, country, unitPrice, expected) => {
  const { output } = await runAtom(handler, { country, lines: [{ sku: 'mug', quantity: 1, unitPrice }] });
  expect(output).toEqual(expected);
});

test('quantities and lines are added up to the cent', async () => {
  const lines = [
    { sku: 'mug', quantity: 3, unitPrice: 333 },
    { sku: 'pen', quantity: 1, unitPrice: 1 },
  ];
  const { output } = await runAtom(handler, { country: 'DE', lines });
  expect(output).toEqual({ items: 1_000, shipping: 490, total: 1_490 });
});

test('an order without lines breaks the contract', async () => {
  await expect(runAtom(handler, { country: 'DE', lines: [] })).rejects.toThrow(ContractBroken);
});
