import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Simulation } from '../../simulation/index.ts';
import { loadSimulation, readFault, readReplay, tell } from './index.ts';

const ROOT = join(import.meta.dirname, '../../..');
let simulation: Simulation;
beforeAll(async () => {
  simulation = await loadSimulation(ROOT, 'fulfil-order');
});

describe('a fault on the command line', () => {
  test('is a point and a kind', () => {
    expect(readFault('order/payment POST /charges#1 = mute')).toEqual({
      at: 'order/payment POST /charges#1',
      kind: 'mute',
    });
  });

  test.each(['order/payment POST /charges#1', 'order/payment#1 = nothing-known', ''])('"%s" is refused', (text) => {
    expect(() => readFault(text)).toThrow('Write <point> = <fault>');
  });
});

test('what a finding prints is the very same run again', async () => {
  const faults = [
    { at: 'order/payment POST /charges#1', kind: 'mute' },
    { at: 'order/undo-stock task#1', kind: 'service-unanswered' },
    { at: 'order/price task#1', kind: 'service-unanswered' },
  ] as const;
  const orders = [simulation.order('fulfilled')];
  const { violations } = await simulation.run(orders);
  const told = await tell(simulation, 'fulfil-order', { orders, seed: 1, disorder: false, faults, violations });
  const [, printed = ''] = /--replay '(.*)'$/.exec(told.command) ?? [];
  const { orders: again, faults: same, seed } = readReplay(simulation, printed);
  expect({ orders: again, faults: same, seed }).toEqual({
    orders: [{ ...simulation.order('fulfilled'), after: 0 }],
    faults: told.finding.faults,
    seed: 1,
  });
  expect(told.story.length).toBeLessThanOrEqual(15);
});

test('a run that was not copied whole is refused', () => {
  expect(() => readReplay(simulation, '{"orders":')).toThrow('Copy the whole line');
});

test.each([['nothing-of-that-name', 'There are: fulfil-order']])(
  'a workflow %s is not found',
  async (name, message) => {
    await expect(loadSimulation(ROOT, name)).rejects.toThrow(message);
  },
);
