import { expect, test } from '@jest/globals';
import { atomUnderTest } from '../../../test/fakes/atom-under-test.ts';
import { assessRisk } from './contract.ts';
import { handler } from './handler.ts';

const atom = atomUnderTest(handler, assessRisk);
const order = {
  customerId: 'c-1',
  email: 'ann@example.com',
  country: 'DE',
  total: 2_990,
  lines: [{ sku: 'mug', quantity: 2, unitPrice: 1_250 }],
};

test.each(assessRisk.examples)('the contract’s example $input', async (example) => {
  expect(await atom.does(example.input)).toEqual('output' in example && example.output);
});

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
  expect(await atom.does({ ...order, ...more })).toMatchObject({ level, score });
});

test('an address that merely contains a throw-away domain’s name is no risk', async () => {
  expect(await atom.does({ ...order, email: 'mailinator@example.com' })).toMatchObject({ score: 0 });
});
