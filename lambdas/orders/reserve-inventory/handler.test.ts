import { expect, test } from '@jest/globals';
import { runAtom, testAtom } from '../../../lib/testing/index.ts';
import { handler } from './handler.ts';

const order = {
  orderId: 'o-1',
  lines: [
    { sku: 'mug', quantity: 2 },
    { sku: 'pen', quantity: 1 },
    { sku: 'mug', quantity: 3 },
  ],
};

test('products are set aside once, whatever goes wrong', () =>
  testAtom(handler, {
    inputs: [order],
    tables: {
      inventory: [
        { sku: 'mug', available: 5 },
        { sku: 'pen', available: 7 },
      ],
    },
  }));

test('products are set aside and held for the order, lines of a product added up', async () => {
  const inventory = [
    { sku: 'mug', available: 5 },
    { sku: 'pen', available: 7 },
  ];
  const { output, tables, key } = await runAtom(handler, order, { tables: { inventory } });
  expect(output).toEqual({ holdId: key });
  expect(tables).toEqual({
    inventory: [
      { sku: 'mug', available: 0 },
      { sku: 'pen', available: 6 },
    ],
    holds: [{ holdId: key, ...order, state: 'held' }],
  });
});

test.each([
  ['of which there is less', [{ sku: 'mug', available: 4 }], { sku: 'mug', wanted: 5 }],
  ['that nobody has heard of', [{ sku: 'mug', available: 5 }], { sku: 'pen', wanted: 1 }],
])('a product %s declines the order, says which, and takes nothing', async (_, inventory, payload) => {
  const { declared, tables } = await runAtom(handler, order, { tables: { inventory } });
  expect(declared).toEqual({ name: 'OutOfStock', payload });
  expect(tables).toEqual({ inventory, holds: [] });
});
