import { expect, test } from '@jest/globals';
import { ContractBroken } from '../../../lib/runtime/index.ts';
import { runAtom, testAtom } from '../../../lib/testing/index.ts';
import { handler as reserveInventory } from '../reserve-inventory/handler.ts';
import { handler } from './handler.ts';

const lines = [
  { sku: 'mug', quantity: 2 },
  { sku: 'mug', quantity: 3 },
  { sku: 'pen', quantity: 1 },
];
const reserved = { input: { orderId: 'o-1', lines }, output: { holdId: 'h-1' } };
const inventory = [
  { sku: 'mug', available: 0 },
  { sku: 'pen', available: 6 },
];

test('what was set aside is put back once, whatever goes wrong', () =>
  testAtom(reserveInventory, {
    undo: handler,
    inputs: [reserved.input],
    tables: {
      inventory: [
        { sku: 'mug', available: 5 },
        { sku: 'pen', available: 6 },
      ],
    },
  }));

test('what was set aside is put back', async () => {
  const { output, tables } = await runAtom(handler, reserved, {
    tables: { inventory, holds: [{ holdId: 'h-1', state: 'held' }] },
  });
  expect(output).toEqual({ holdId: 'h-1' });
  expect(tables).toEqual({
    inventory: [
      { sku: 'mug', available: 5 },
      { sku: 'pen', available: 7 },
    ],
    holds: [{ holdId: 'h-1', state: 'released' }],
  });
});

test('a hold cannot be released twice: a person has to look', async () => {
  const releasing = runAtom(handler, reserved, {
    tables: { inventory, holds: [{ holdId: 'h-1', state: 'released' }] },
  });
  await expect(releasing).rejects.toThrow(ContractBroken);
});
