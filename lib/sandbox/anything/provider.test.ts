import { expect, test } from '@jest/globals';
import { InMemoryFaults } from '../memory/faults.ts';
import { InMemoryLedger } from '../memory/ledger.ts';
import { Provider } from '../provider.ts';
import { anything } from './provider.ts';

function played() {
  const [ledger, faults] = [new InMemoryLedger(), new InMemoryFaults()];
  const clock = { now: () => 1, sleep: async () => {} };
  const provider = new Provider(anything('labels'), { ledger, faults, clock, apiKey: 'secret' });
  const post = (path: string, key: string, body: object) =>
    provider.handle({
      method: 'POST',
      path,
      headers: { 'x-api-key': 'secret', 'idempotency-key': key },
      body: JSON.stringify(body),
    });
  const get = (path: string) => provider.handle({ method: 'GET', path, headers: { 'x-api-key': 'secret' }, body: '' });
  return { post, get, faults, ledger };
}

test('whatever is posted is taken, and answered with a reference of its own', async () => {
  const { post } = played();
  expect(await post('/labels', 'k-1', { orderId: 'o-1' })).toEqual({
    status: 201,
    body: { orderId: 'o-1', reference: 'ref_k-1' },
  });
});

test('a key is taken once, and never for another request', async () => {
  const { post, ledger } = played();
  const first = await post('/labels', 'k-1', { copies: 1 });
  expect(await post('/labels', 'k-1', { copies: 1 })).toMatchObject({ status: 201, body: first.body });
  expect(await post('/labels', 'k-1', { copies: 2 })).toMatchObject({ status: 422 });
  expect(await post('/other', 'k-1', { copies: 1 })).toMatchObject({ status: 422 });
  expect(await ledger.entries()).toMatchObject([{ key: 'k-1', kind: 'request', calls: 4 }]);
});

test.each([
  ['down', 503, 0],
  ['decline', 422, 0],
  ['lose-answer', 504, 1],
] as const)('made to do wrong (%s), it answers %d', async (kind, status, done) => {
  const { post, faults, ledger } = played();
  await faults.set({ id: kind, provider: 'labels', kind, times: 1 });
  expect((await post('/labels', 'k-1', {})).status).toBe(status);
  expect((await ledger.entries()).filter(({ id }) => id !== undefined)).toHaveLength(done);
});

test('asked by a key, it says what it did under it', async () => {
  const { post, get } = played();
  expect(await get('/labels/k-1')).toMatchObject({ status: 404 });
  const { body } = await post('/labels', 'k-1', { orderId: 'o-1' });
  expect(await get('/labels/k-1')).toEqual({ status: 200, body });
});
