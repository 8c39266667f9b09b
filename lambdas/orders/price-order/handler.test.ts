import { expect, test } from '@jest/globals';
import { atomUnderTest } from '../../../test/fakes/atom-under-test.ts';
import { priceOrder } from './contract.ts';
import { handler } from './handler.ts';

const atom = atomUnderTest(handler, priceOrder);

test.each(priceOrder.examples)('the contract’s example $input', async (example) => {
  expect(await atom.does(example.input)).toEqual('output' in example && example.output);
});

test.each([
  ['shipping abroad costs more', 'NZ', 1_000, { items: 1_000, shipping: 1_490, total: 2_490 }],
  ['just below the limit shipping is paid', 'DE', 9_999, { items: 9_999, shipping: 490, total: 10_489 }],
  ['from the limit on shipping is free', 'NZ', 10_000, { items: 10_000, shipping: 0, total: 10_000 }],
  ['a gift still has to be shipped', 'DE', 0, { items: 0, shipping: 490, total: 490 }],
])('%s', async (_, country, unitPrice, expected) => {
  expect(await atom.does({ country, lines: [{ sku: 'mug', quantity: 1, unitPrice }] })).toEqual(expected);
});

test('quantities and lines are added up to the cent', async () => {
  const lines = [
    { sku: 'mug', quantity: 3, unitPrice: 333 },
    { sku: 'pen', quantity: 1, unitPrice: 1 },
  ];
  expect(await atom.does({ country: 'DE', lines })).toEqual({ items: 1_000, shipping: 490, total: 1_490 });
});

test('an order without lines breaks the contract', async () => {
  await expect(atom.does({ country: 'DE', lines: [] })).rejects.toMatchObject({ name: 'Contract' });
});
