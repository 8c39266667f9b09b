import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from '@jest/globals';
import { type Action, delay, drop, duplicate, kill, loseAnswer, throttle } from '../../faults/index.ts';
import { type Books, type Harness, type PlacedOrder, WORKFLOW } from '../harness.ts';
import { FULFILLED, UNTOUCHED } from './books.ts';
import { type Open, onEmulator } from './side-by-side.ts';

const ORDERS = 300;
const CONCURRENCY = 20;

/** Shares of all calls that the atoms make, 10 % together. */
const FAULTS: readonly { readonly share: number; readonly action: () => Action }[] = [
  { share: 0.02, action: drop },
  { share: 0.03, action: loseAnswer },
  { share: 0.02, action: throttle },
  { share: 0.02, action: () => delay(300) },
  { share: 0.006, action: duplicate },
  { share: 0.002, action: () => kill('before') },
  { share: 0.002, action: () => kill('after') },
];

export function faultyCalls(harness: Open): void {
  describe(`${ORDERS} orders, ${CONCURRENCY} at a time, 10 % of all calls faulty`, () => {
    onEmulator(
      'add up to the cent, each of them',
      async () => {
        const seed = Number(process.env.BREAKWATER_SEED ?? Math.floor(Math.random() * 1e9));
        console.log(`seed ${seed} (BREAKWATER_SEED)`);
        const injections = FAULTS.map(({ share, action }, index) =>
          harness().faults.inject({ function: /-v1$/, probability: share, seed: seed + index, action: action() }),
        );
        const scope = { orderIdPrefix: 'faulty-', seed };
        await harness().app.sandbox.setFault({
          ...scope,
          kind: 'decline',
          provider: 'payments',
          operation: 'charge',
          rate: 0.1,
        });
        await harness().app.sandbox.setFault({
          ...scope,
          kind: 'decline',
          provider: 'carrier',
          operation: 'shipment',
          rate: 0.1,
        });
        await harness().app.sandbox.setFault({ ...scope, kind: 'lose-answer', provider: 'carrier', rate: 0.2 });
        const started = Date.now();
        const orders = await inParallel(ORDERS, CONCURRENCY, (index) => runOne(harness(), index));
        for (const injection of injections) injection.remove();
        await sleep(1_000);

        const ends = Map.groupBy(orders, ({ status }) => status);
        const counts = [...ends].map(([status, those]) => `${those.length} ${status}`).join(', ');
        const hits = injections.reduce((sum, injection) => sum + injection.hits, 0);
        console.log(`${counts}; ${hits} faults in ${Math.round((Date.now() - started) / 1_000)} s`);
        expect(hits).toBeGreaterThan(ORDERS);

        const wrong: { order: PlacedOrder; status: string; books: Books }[] = [];
        const accounts = await harness().app.sandbox.account();
        for (const { order, status } of orders) {
          const books = await harness().books(order, accounts);
          const expected =
            status === 'succeeded'
              ? FULFILLED
              : {
                  ...UNTOUCHED,
                  charges: books.charges,
                  refunds: books.charges,
                  shipments: books.shipments,
                  cancellations: books.shipments,
                };
          if (JSON.stringify(books) !== JSON.stringify(expected)) wrong.push({ order, status, books });
        }
        expect(wrong).toEqual([]);
        expect(orders.filter(({ status }) => status === 'parked')).toEqual([]);
        expect(ends.get('declined')?.length).toBeGreaterThan(ORDERS / 20);
        expect(ends.get('succeeded')?.length).toBeGreaterThan(ORDERS / 2);
      },
      420_000,
    );
  });
}

async function runOne(harness: Harness, index: number): Promise<{ order: PlacedOrder; status: string }> {
  const order = await harness.place(`faulty-${index}`);
  const { status, error = '', output } = await harness.ended(order, 300);
  if (status === 'SUCCEEDED') return { order, status: (output as { status: string }).status };
  if (error.startsWith('Compensated.')) return { order, status: 'compensated' };
  if (error.startsWith('Parked.')) return { order, status: 'parked' };
  return { order, status: `${status} ${error} in ${WORKFLOW}` };
}

async function inParallel<T>(count: number, width: number, work: (index: number) => Promise<T>): Promise<readonly T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) results.push(await work(index));
  };
  await Promise.all(Array.from({ length: width }, worker));
  return results;
}
