import { describe, expect, it, jest } from '@jest/globals';
import { carrier, type FaultDefinition, InMemoryFaults, InMemoryLedger, Provider, payments } from './index.ts';
import { LedgerContention } from './ledger.ts';
import type { ProviderDefinition } from './provider.ts';

const charge = { orderId: 'o-1', card: 'tok_visa', amount: 2990 };
const parcel = { orderId: 'o-1', country: 'DE', holdId: 'h-1', lines: [{ sku: 'mug', quantity: 2 }] };

/** A provider in memory whose clock moves only when it sleeps. `asleep` is what it waits for, to be resolved by tests. */
function play(definition: ProviderDefinition) {
  const [ledger, faults] = [new InMemoryLedger(), new InMemoryFaults()];
  let now = 1_000_000;
  let hold: Promise<void> | undefined;
  const clock = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      await hold;
      now += milliseconds;
    },
  };
  const provider = new Provider(definition, { ledger, faults, clock, apiKey: 'secret' });
  const call = (method: string, path: string, key?: string, body?: object | string, headers = {}) =>
    provider.handle({
      method,
      path,
      headers: { 'x-api-key': 'secret', ...(key && { 'idempotency-key': key }), ...headers },
      body: typeof body === 'string' ? body : body ? JSON.stringify(body) : '',
    });
  let faultCount = 0;
  return {
    ledger,
    post: (path: string, key: string, body: object | string, headers?: Record<string, string>) =>
      call('POST', path, key, body, headers),
    get: (path: string) => call('GET', path),
    call,
    fault: (fault: FaultDefinition) => faults.set({ ...fault, id: String(faultCount++) }),
    clear: () => faults.clear(),
    entry: (key: string) => ledger.find(key),
    /** Sleepers sleep until the returned function is called. */
    holdSleepers: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      hold = promise;
      return resolve;
    },
    advance: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

describe('any provider', () => {
  it.each([
    ['no API key', 'POST', '/charges', { 'x-api-key': undefined }, charge, 401],
    ['a wrong API key', 'POST', '/charges', { 'x-api-key': 'guess' }, charge, 401],
    ['no idempotency key', 'POST', '/charges', { 'idempotency-key': undefined }, charge, 400],
    ['a body that is no JSON', 'POST', '/charges', {}, '{', 400],
    ['a body that is no object', 'POST', '/charges', {}, '[]', 400],
    ['a missing field', 'POST', '/charges', {}, { ...charge, orderId: undefined }, 400],
    ['an amount that is no cents', 'POST', '/charges', {}, { ...charge, amount: 1.5 }, 400],
    ['an unknown path', 'POST', '/gifts', {}, charge, 404],
    ['an unknown method', 'DELETE', '/charges/k', {}, undefined, 404],
    ['a look-up that it does not have', 'GET', '/refunds/k', {}, undefined, 404],
    ['a look-up of a badly encoded key', 'GET', '/charges/%E0', {}, undefined, 404],
  ])('answers %s with the status for it and does nothing', async (_, method, path, headers, body, status) => {
    const { call, ledger } = play(payments);
    const answer = await call(method, path, 'k', body, headers);
    expect(answer.status).toBe(status);
    expect(answer.body.reason).toEqual(expect.any(String));
    expect((await ledger.entries()).filter(({ answer }) => answer)).toEqual([]);
  });

  it('gives the same answer to the same key and has one effect', async () => {
    const { post, ledger } = play(payments);
    const first = await post('/charges', 'k', charge);
    const again = await post('/charges', 'k', { amount: 2990, card: 'tok_visa', orderId: 'o-1' });
    expect(first).toEqual({ status: 201, body: { chargeId: 'ch_k', amount: 2990 } });
    expect(again).toEqual({ ...first, headers: { 'idempotent-replayed': 'true' } });
    expect(await ledger.entries()).toMatchObject([{ key: 'k', id: 'ch_k', orderId: 'o-1', amount: 2990, calls: 2 }]);
  });

  it('declines the same key again, even when the reason is gone', async () => {
    const { post, fault, clear } = play(payments);
    await fault({ kind: 'decline', provider: 'payments' });
    const first = await post('/charges', 'k', charge);
    await clear();
    expect(first.status).toBe(402);
    expect(await post('/charges', 'k', charge)).toMatchObject({ status: 402, body: first.body });
  });

  it.each([
    ['another body', '/charges', { ...charge, amount: 1 }],
    ['another operation', '/refunds', { chargeId: 'ch_k', amount: 2990 }],
  ])('refuses a known key with %s by 422', async (_, path, body) => {
    const { post, entry } = play(payments);
    await post('/charges', 'k', charge);
    expect(await post(path, 'k', body)).toMatchObject({ status: 422 });
    expect(await entry('k')).toMatchObject({ kind: 'charge', amount: 2990, remaining: 2990, calls: 2 });
  });

  it('has one winner among calls with the same key at once, and counts them all', async () => {
    const { post, ledger } = play(payments);
    const answers = await Promise.all(Array.from({ length: 20 }, () => post('/charges', 'k', charge)));
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    expect(await ledger.entries()).toMatchObject([{ calls: 20 }]);
  });

  it('answers 409 with retry-after while a call is at the key, and the outcome afterwards', async () => {
    const { post, fault, clear, holdSleepers } = play(payments);
    const wake = holdSleepers();
    await fault({ kind: 'slow', provider: 'payments', milliseconds: 4_000 });
    const first = post('/charges', 'k', charge);
    await new Promise(setImmediate);
    await clear();
    expect(await post('/charges', 'k', charge)).toMatchObject({ status: 409, headers: { 'retry-after': '5' } });
    wake();
    expect(await first).toMatchObject({ status: 201 });
    expect(await post('/charges', 'k', charge)).toMatchObject({ status: 201, body: { chargeId: 'ch_k' } });
  });

  it('lets another call take a key over whose first call never came back, and still has one effect', async () => {
    const { post, fault, clear, holdSleepers, advance, ledger } = play(payments);
    const wake = holdSleepers();
    await fault({ kind: 'slow', provider: 'payments', milliseconds: 4_000 });
    const zombie = post('/charges', 'k', charge);
    await new Promise(setImmediate);
    await clear();
    advance(5_000);
    expect(await post('/charges', 'k', charge)).toMatchObject({ status: 201 });
    wake();
    expect(await zombie).toMatchObject({ status: 201, headers: { 'idempotent-replayed': 'true' } });
    expect(await ledger.entries()).toMatchObject([{ calls: 2, id: 'ch_k' }]);
  });

  it('answers 409 with retry-after when its store refuses two writes at once, and does it on the next call', async () => {
    const { ledger, post } = play(payments);
    const conclude = jest.spyOn(ledger, 'conclude').mockRejectedValueOnce(new LedgerContention());
    expect(await post('/charges', 'k', charge)).toMatchObject({ status: 409, headers: { 'retry-after': '1' } });
    expect(await post('/charges', 'k', charge)).toMatchObject({ status: 201 });
    expect(conclude).toHaveBeenCalledTimes(2);
  });

  it('notes the step that asked first', async () => {
    const { post, entry } = play(payments);
    await post('/charges', 'k', charge, { 'x-breakwater-step': 'payment' });
    expect(await entry('k')).toMatchObject({ step: 'payment', at: 1_000_000 });
  });
});

describe('payments', () => {
  it('declines tok_declined by 402 with a reason, and notes that nothing happened', async () => {
    const { post, entry } = play(payments);
    expect(await post('/charges', 'k', { ...charge, card: 'tok_declined' })).toEqual({
      status: 402,
      body: { reason: 'The card was declined.' },
    });
    const { id, ...noted } = (await entry('k')) ?? {};
    expect(id).toBeUndefined();
    expect(noted).toMatchObject({ answer: { status: 402 }, calls: 1 });
  });

  it('refunds a charge once; the refund belongs to the order of the charge', async () => {
    const { post, entry } = play(payments);
    await post('/charges', 'k', charge);
    expect(await post('/refunds', 'r', { chargeId: 'ch_k', amount: 2990 })).toEqual({
      status: 201,
      body: { refundId: 're_r' },
    });
    expect(await entry('r')).toMatchObject({ kind: 'refund', orderId: 'o-1', amount: 2990 });
    expect(await post('/refunds', 'r', { chargeId: 'ch_k', amount: 2990 })).toMatchObject({ status: 201 });
    expect(await post('/refunds', 'r2', { chargeId: 'ch_k', amount: 2990 })).toMatchObject({ status: 409 });
    expect(await post('/refunds', 'r2', { chargeId: 'ch_k', amount: 2990 })).toMatchObject({ status: 409 });
  });

  it('refunds in parts, but never more than was charged', async () => {
    const { post } = play(payments);
    await post('/charges', 'k', charge);
    const parts = [2000, 990, 1].map((amount) => post('/refunds', `r-${amount}`, { chargeId: 'ch_k', amount }));
    expect((await Promise.all(parts)).map(({ status }) => status)).toEqual([201, 201, 409]);
  });

  it.each(['ch_nobody', 'nonsense', 're_r'])('answers 404 to the refund of %s', async (chargeId) => {
    const { post } = play(payments);
    await post('/charges', 'k', charge);
    await post('/refunds', 'r', { chargeId: 'ch_k', amount: 1 });
    expect(await post('/refunds', 'r2', { chargeId, amount: 1 })).toMatchObject({ status: 404 });
  });

  it('answers 404 to the refund of a declined charge', async () => {
    const { post } = play(payments);
    await post('/charges', 'k', { ...charge, card: 'tok_declined' });
    expect(await post('/refunds', 'r', { chargeId: 'ch_k', amount: 1 })).toMatchObject({ status: 404 });
  });

  it('finds a charge by its key, and neither a declined one nor an unknown key nor a refund', async () => {
    const { post, get, entry } = play(payments);
    await post('/charges', 'k/1', charge);
    await post('/charges', 'no', { ...charge, card: 'tok_declined' });
    await post('/refunds', 'r', { chargeId: 'ch_k/1', amount: 1 });
    expect(await get('/charges/k%2F1')).toEqual({ status: 200, body: { chargeId: 'ch_k/1', amount: 2990 } });
    expect(
      (await Promise.all(['no', 'never', 'r'].map((key) => get(`/charges/${key}`)))).map((each) => each.status),
    ).toEqual([404, 404, 404]);
    expect(await entry('find:k/1')).toMatchObject({ kind: 'find-charge', calls: 1, orderId: 'o-1' });
  });
});

describe('carrier', () => {
  it('ships, cancels once, and finds by key', async () => {
    const { post, get, entry } = play(carrier);
    expect(await post('/shipments', 'k', parcel)).toEqual({ status: 201, body: { shipmentId: 'sh_k' } });
    expect(await post('/cancellations', 'c', { shipmentId: 'sh_k' })).toEqual({
      status: 201,
      body: { cancellationId: 'ca_c' },
    });
    expect(await post('/cancellations', 'c2', { shipmentId: 'sh_k' })).toMatchObject({ status: 409 });
    expect(await post('/cancellations', 'c3', { shipmentId: 'sh_x' })).toMatchObject({ status: 404 });
    expect(await get('/shipments/k')).toEqual({ status: 200, body: { shipmentId: 'sh_k' } });
    expect(await entry('c')).toMatchObject({ orderId: 'o-1', kind: 'cancellation' });
  });

  it('goes nowhere near Antarctica', async () => {
    const { post } = play(carrier);
    const answer = await post('/shipments', 'k', { ...parcel, country: 'AQ' });
    expect(answer).toEqual({ status: 404, body: { reason: 'no carrier' } });
  });
});

describe('a fault', () => {
  it.each([
    ['down', 503],
    ['error', 500],
  ] as const)('%s does nothing and is counted; the next call succeeds', async (kind, status) => {
    const { post, fault, entry } = play(payments);
    await fault({ kind, provider: 'payments', times: 1 });
    expect(await post('/charges', 'k', charge)).toMatchObject({ status });
    expect((await entry('k'))?.answer).toBeUndefined();
    expect(await post('/charges', 'k', charge)).toMatchObject({ status: 201 });
    expect(await entry('k')).toMatchObject({ calls: 2 });
  });

  it('lose-answer does it and answers 504; the same key then gets the first answer', async () => {
    const { post, fault, entry } = play(payments);
    await fault({ kind: 'lose-answer', provider: 'payments', times: 1 });
    expect(await post('/charges', 'k', charge)).toMatchObject({ status: 504 });
    expect(await entry('k')).toMatchObject({ id: 'ch_k' });
    expect(await post('/charges', 'k', charge)).toMatchObject({ status: 201, body: { chargeId: 'ch_k' } });
  });

  it('lose-answer loses the answers of repeated calls too, as long as it lasts', async () => {
    const { post, fault, ledger } = play(payments);
    await fault({ kind: 'lose-answer', provider: 'payments' });
    const statuses = [await post('/charges', 'k', charge), await post('/charges', 'k', charge)].map((a) => a.status);
    expect(statuses).toEqual([504, 504]);
    expect(await ledger.entries()).toMatchObject([{ calls: 2, id: 'ch_k' }]);
  });

  it('slow takes its time before the effect', async () => {
    const { post, fault, entry } = play(carrier);
    await fault({ kind: 'slow', provider: 'carrier', milliseconds: 700 });
    expect(await post('/shipments', 'k', parcel)).toMatchObject({ status: 201 });
    expect(await entry('k')).toMatchObject({ at: 1_000_700 });
  });

  it('decline says no as the provider does, and nothing to an operation that cannot be declined', async () => {
    const shop = play(carrier);
    await shop.post('/shipments', 'k', parcel);
    await shop.fault({ kind: 'decline', provider: 'carrier' });
    expect(await shop.post('/shipments', 'k2', parcel)).toMatchObject({ status: 404, body: { reason: 'no carrier' } });
    expect(await shop.post('/cancellations', 'c', { shipmentId: 'sh_k' })).toMatchObject({ status: 201 });
  });

  it('decline is not used up by a call whose key is answered', async () => {
    const { post, fault } = play(payments);
    await post('/charges', 'k', charge);
    await fault({ kind: 'decline', provider: 'payments', times: 1 });
    expect(await post('/charges', 'k', charge)).toMatchObject({ status: 201 });
    expect(await post('/charges', 'k2', charge)).toMatchObject({ status: 402 });
  });

  it.each([
    ['an operation', { operation: 'refund' }],
    ['an order', { orderId: 'o-2' }],
    ['a prefix of orders', { orderIdPrefix: 'slow-' }],
  ] as const)('meant for %s leaves others alone', async (_, scope) => {
    const { post, fault } = play(payments);
    await fault({ kind: 'down', provider: 'payments', ...scope });
    expect(await post('/charges', 'k', charge)).toMatchObject({ status: 201 });
  });

  it('meant for an order strikes the refund of its charge', async () => {
    const { post, fault } = play(payments);
    await post('/charges', 'k', charge);
    await fault({ kind: 'down', provider: 'payments', orderIdPrefix: 'o-' });
    expect(await post('/refunds', 'r', { chargeId: 'ch_k', amount: 2990 })).toMatchObject({ status: 503 });
  });

  it('strikes look-ups, whose calls are numbered too', async () => {
    const { get, fault } = play(payments);
    await fault({ kind: 'down', provider: 'payments', operation: 'find-charge', times: 1 });
    expect([await get('/charges/k'), await get('/charges/k')].map(({ status }) => status)).toEqual([503, 404]);
  });

  it('of a rate strikes the same calls for the same seed, others for another, and about that share', async () => {
    const struck = async (seed: number) => {
      const { post, fault } = play(payments);
      await fault({ kind: 'error', provider: 'payments', rate: 0.2, seed });
      const keys = Array.from({ length: 500 }, (_, index) => `k-${index}`);
      const answers = await Promise.all(keys.map((key) => post('/charges', key, charge)));
      return answers.map(({ status }) => (status === 500 ? 'x' : '.')).join('');
    };
    const first = await struck(1);
    expect(await struck(1)).toBe(first);
    expect(await struck(2)).not.toBe(first);
    expect(first.replaceAll('.', '').length).toBeGreaterThan(70);
    expect(first.replaceAll('.', '').length).toBeLessThan(130);
  });

  it('of a rate draws again for the next call with the same key', async () => {
    const { post, fault } = play(payments);
    await fault({ kind: 'error', provider: 'payments', rate: 0.5, seed: 3 });
    const statuses = [];
    for (let call = 0; call < 20; call += 1) statuses.push((await post('/charges', 'k', charge)).status);
    expect(new Set(statuses)).toEqual(new Set([500, 201]));
  });
});
