import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { WorkflowTrial } from '../../testing/index.ts';
import { loadSimulation, pointLines, readFault, readReplay, tell, toldOf, whyMissed } from './index.ts';

const ROOT = join(import.meta.dirname, '../../..');
let simulation: WorkflowTrial;
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

describe('a fault that struck nothing', () => {
  const why = async (...faults: readonly string[]) => {
    const planned = { orders: [simulation.order('fulfilled')], seed: 1, disorder: false, violations: [] };
    const { run, missed } = await toldOf(simulation, { ...planned, faults: faults.map(readFault) });
    return whyMissed(run, missed);
  };

  test('is told with what can go wrong at its point', async () => {
    expect(await why('order/stock TransactWriteItems#1 = garbled', 'order/stock task#1 = service-refused')).toEqual([
      expect.stringMatching(
        /^"order\/stock TransactWriteItems#1 = garbled" strikes nothing in this run\. What can go wrong there: refused, .*collided\.$/,
      ),
    ]);
  });

  test('is told with the points of its step', async () => {
    expect(await why('order/stock POST /holds#1 = down')).toEqual([
      expect.stringContaining('Its points at order/stock: order/stock entered#1, order/stock task#1, '),
    ]);
  });

  test('is told with the steps, where there is no such step', async () => {
    expect(await why('order/stick task#1 = service-refused')).toEqual([
      expect.stringContaining('Nothing happens at order/stick. What does: order/price, order/risk, '),
    ]);
  });
});

test('the points of a run are listed with what can go wrong there, and what that means', async () => {
  const run = await simulation.run([simulation.order('card declined')]);
  const lines = pointLines(run);
  expect(lines).toContain('  order/stock message to reserve-inventory-v1#1: twice, again, afterwards, held, dead');
  expect(lines).toContain('  dead               it goes to the dead-letter queue unread');
});

test.each(['{}', '{"orders":[],"seed":1,"disorder":false,"faults":[]}', '7'])('a replay %s is refused', (text) => {
  expect(() => readReplay(simulation, text)).toThrow('Copy the whole line');
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
