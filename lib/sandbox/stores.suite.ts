import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Fault, FaultBoard } from './faults.ts';
import type { Conclusion, Ledger } from './ledger.ts';

/** What a ledger and a fault board have to hold to. Run against each kind of store, so that they can't drift apart. */
export function testStores(kind: string, open: () => Promise<{ ledger: Ledger; faults: FaultBoard }>): void {
  describe(`the ledger ${kind}`, () => {
    let ledger: Ledger;
    beforeEach(async () => {
      ({ ledger } = await open());
    });
    const call = { key: 'k', kind: 'charge', fingerprint: 'f', orderId: 'o-1', step: 'payment' } as const;
    const charged: Conclusion = {
      answer: { status: 201, body: { chargeId: 'ch_k', lines: [{ a: 1 }] } },
      at: 5,
      id: 'ch_k',
      amount: 10,
      remaining: 10,
    };

    it('counts calls exactly, also those at the same time, and keeps the first one’s facts', async () => {
      expect(await ledger.count(call)).toEqual({ ...call, calls: 1 });
      await Promise.all(Array.from({ length: 9 }, () => ledger.count({ ...call, fingerprint: 'g', orderId: 'o-2' })));
      expect(await ledger.find('k')).toEqual({ ...call, calls: 10 });
    });

    it('knows nothing of a key that nobody used', async () => {
      expect(await ledger.find('k')).toBeUndefined();
      expect(await ledger.entries()).toEqual([]);
    });

    it('concludes a key once, whoever is at it', async () => {
      await ledger.count(call);
      const outcomes = await Promise.all(Array.from({ length: 5 }, () => ledger.conclude('k', charged)));
      expect(outcomes.toSorted()).toEqual(['before', 'before', 'before', 'before', 'concluded']);
      expect(await ledger.find('k')).toEqual({ ...call, ...charged, calls: 1 });
    });

    it('takes from another entry only what is left, in one piece with the conclusion', async () => {
      await ledger.count(call);
      await ledger.conclude('k', charged);
      const take = async (key: string, amount: number) => {
        await ledger.count({ ...call, key, kind: 'refund' });
        const takes = { key: 'k', amount };
        return ledger.conclude(key, { answer: { status: 201, body: {} }, at: 6, id: key, amount, takes });
      };
      expect(await take('r1', 6)).toBe('concluded');
      expect(await take('r1', 1)).toBe('before');
      expect(await take('r2', 5)).toBe('exceeded');
      expect((await ledger.find('r2'))?.answer).toBeUndefined();
      expect(await ledger.find('k')).toMatchObject({ remaining: 4 });
      expect(await ledger.find('r1')).toMatchObject({ id: 'r1', amount: 6 });
    });

    it('is occupied by one caller until its time is over, and never again once it is concluded', async () => {
      await ledger.count(call);
      expect(await ledger.occupy('k', 100, 200)).toBe(true);
      expect(await ledger.occupy('k', 199, 300)).toBe(false);
      expect(await ledger.occupy('k', 200, 300)).toBe(true);
      await ledger.conclude('k', charged);
      expect(await ledger.occupy('k', 400, 500)).toBe(false);
    });

    it('lists entries in the order in which they were concluded, open ones last', async () => {
      for (const key of ['open', 'second', 'first']) await ledger.count({ ...call, key });
      await ledger.conclude('second', { ...charged, at: 9 });
      await ledger.conclude('first', { ...charged, at: 8 });
      expect((await ledger.entries()).map(({ key }) => key)).toEqual(['first', 'second', 'open']);
    });
  });

  describe(`the fault board ${kind}`, () => {
    let board: FaultBoard;
    beforeEach(async () => {
      ({ faults: board } = await open());
    });
    const down: Fault = { id: 'a b', kind: 'down', provider: 'payments' };
    const slow: Fault = { id: 'id', kind: 'slow', milliseconds: 5, provider: 'payments', times: 3, rate: 0.5 };

    it('keeps what was set until it is cleared', async () => {
      expect(await board.faults()).toEqual([]);
      await board.set(slow);
      await board.set({ ...down, orderId: 'o-1' });
      await board.set(down);
      expect((await board.faults()).toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([down, slow]);
      await board.clear('a b');
      expect(await board.faults()).toEqual([slow]);
      await board.clear();
      expect(await board.faults()).toEqual([]);
    });

    it('gives each of a fault’s times to one caller only', async () => {
      await board.set(slow);
      const taken = await Promise.all(Array.from({ length: 10 }, () => board.take('id')));
      expect(taken.filter(Boolean)).toHaveLength(3);
      expect(await board.take('nobody')).toBe(false);
    });
  });
}
