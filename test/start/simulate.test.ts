/** The same seed tells the same story, byte for byte, in two processes: of the command line, with the real workflow. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(__dirname, '../..');

/** What `breakwater simulate fulfil-order …` prints. */
function simulate(...options: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const command = [join(root, 'bin/breakwater.ts'), 'simulate', 'fulfil-order', '--json', ...options];
    const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let [printed, complaints] = ['', ''];
    child.stdout.on('data', (data) => (printed += data));
    child.stderr.on('data', (data) => (complaints += data));
    child.on('error', reject);
    child.on('close', (code) =>
      printed ? resolve(printed) : reject(new Error(`It ended with ${code}: ${complaints}`)),
    );
  });
}

const inTwoProcesses = (...options: readonly string[]) => Promise.all([simulate(...options), simulate(...options)]);

const order = (id: string, path: string, after = 0) => ({ id, path, after });

describe('in two processes the same', () => {
  test.each<[string, object]>([
    [
      'faults of one order',
      {
        orders: [order('order', 'fulfilled')],
        seed: 1,
        disorder: false,
        faults: ['order/payment POST /charges#1 = mute', 'order/stock TransactWriteItems#1 = unanswered'],
      },
    ],
    [
      // The runtime waits between two tries of a transaction, by chance: in virtual time, or the two would differ.
      'collisions in disorder',
      {
        orders: [order('a', 'fulfilled'), order('b', 'card declined', 700), order('c', 'no carrier', 900)],
        seed: 11,
        disorder: true,
        faults: [
          'a/stock TransactWriteItems#1 = collided',
          'a/stock TransactWriteItems#2 = collided',
          'b/stock TransactWriteItems#1 = collided',
          'c/payment POST /charges#1 = zombie',
        ],
      },
    ],
  ])(
    '%s give the same story and the same diagram',
    async (_, replay) => {
      const [one, other] = await inTwoProcesses('--diagram', '--replay', JSON.stringify(replay));
      expect(JSON.parse(one)).toMatchObject({ struck: expect.arrayContaining([expect.anything()]), violations: [] });
      expect(JSON.parse(one).story.length).toBeGreaterThan(5);
      expect(one).toBe(other);
    },
    120_000,
  );

  test('seed of a swarm gives the same result, but for the seconds that it took', async () => {
    const results = await inTwoProcesses('--orders', '200', '--seed', '7', '--workers', '1');
    const [one, other] = results.map((result) => result.replace(/"seconds":[\d.]+/, '"seconds":0'));
    expect(JSON.parse(one ?? '')).toMatchObject([{ orders: 200, violations: 0 }]);
    expect(one).toBe(other);
  }, 120_000);
});

describe('one run', () => {
  const told = (...options: readonly string[]) => simulate('--path', 'card declined', ...options);

  test('of which nothing is asked but its points lists them, with what can go wrong', async () => {
    const { points, violations } = JSON.parse(await told('--points'));
    expect(violations).toEqual([]);
    expect(points).toContainEqual(
      expect.objectContaining({ id: 'order/payment POST /charges#1', kinds: expect.arrayContaining(['mute']) }),
    );
  }, 60_000);

  test('in which a fault strikes nothing says so', async () => {
    const { missed, struck } = JSON.parse(await told('--faults', 'order/shipment POST /shipments#1 = mute'));
    expect([missed, struck]).toEqual([[{ at: 'order/shipment POST /shipments#1', kind: 'mute' }], []]);
  }, 60_000);
});
