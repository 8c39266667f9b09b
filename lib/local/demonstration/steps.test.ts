import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findDemonstration, findWorkflow } from './find.ts';
import { columnsOf, stepsOf } from './steps.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

test('states that no atom is asked in, and what is parked, are no steps', () => {
  const visits = [
    { state: 'stock', attempts: 1, left: true },
    { state: 'review', attempts: 0, left: true },
    { state: 'payment', attempts: 4, error: 'Transient', left: true },
    { state: 'settle-payment', attempts: 2, error: 'Transient', left: false },
    { state: 'park-undo-stock', attempts: 1, left: true },
    { state: 'undo-stock', attempts: 1, left: false },
  ];
  expect(stepsOf(visits)).toEqual([
    { name: 'stock', kind: 'step', attempts: 1, failed: false, underWay: false },
    { name: 'payment', kind: 'step', attempts: 4, failed: true, underWay: false },
    { name: 'payment', kind: 'settle', attempts: 2, failed: true, underWay: true },
    { name: 'stock', kind: 'undo', attempts: 1, failed: false, underWay: true },
  ]);
});

test('the reference is found with its demonstration, and its columns follow its plan', async () => {
  const { workflow, folder, demonstration } = await findDemonstration(ROOT, 'fulfil-order');
  expect([workflow.plan.name, folder]).toEqual([demonstration.workflow, 'state-machines/orders/fulfil-order']);
  expect(columnsOf(workflow.plan).map(({ label }) => label)).toEqual([
    'price',
    'risk',
    'stock',
    'payment',
    'shipment',
    'event',
    'receipt',
  ]);
});

test('the one to show can be named', async () => {
  expect((await findDemonstration(ROOT, 'fulfil-order')).workflow.plan.name).toBe('fulfil-order');
  await expect(findDemonstration(ROOT, 'fulfill')).rejects.toThrow('No workflow "fulfill" stands in state-machines.');
});

test('a workflow that is not there is refused with those that are', async () => {
  await expect(findWorkflow(ROOT, 'fulfill')).rejects.toThrow(
    /^No workflow "fulfill" stands in state-machines\. There are: .*fulfil-order.*\.$/,
  );
});

test('a project without a demonstration has nothing to show', async () => {
  await expect(findDemonstration(import.meta.dirname)).rejects.toThrow('No workflow has a demonstration.ts beside it');
});
