import { describe, expect, test } from '@jest/globals';
import { API_KEY, type ProviderEffect, SimulatedProvider, undescribed } from './provider.ts';

const LIFETIME = 24 * 3_600_000;

function played(lifetime = LIFETIME) {
  const clock = { now: 0 };
  const effects: ProviderEffect[] = [];
  const changed: string[] = [];
  const provider = new SimulatedProvider(undescribed('payments'), () => clock.now, lifetime, {
    onEffect: (effect) => effects.push(effect),
    onChanged: (...what) => changed.push(what.join(' | ')),
  });
  const post = (key: string | undefined, body: object = { amount: 7 }, headers: object = {}) =>
    provider.handle({
      method: 'POST',
      path: '/charges',
      headers: {
        'x-api-key': API_KEY,
        'x-breakwater-step': 'ship:o-1/payment',
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...headers,
      },
      body: JSON.stringify(body),
    });
  return { clock, effects, changed, provider, post };
}

describe('within its lifetime a key', () => {
  test('has the effect once and the same answer each time', async () => {
    const { post, effects, clock } = played();
    const first = await post('k-1');
    clock.now = LIFETIME - 1;
    expect(await post('k-1')).toMatchObject({ status: first.status, body: first.body });
    expect(effects).toEqual([{ provider: 'payments', step: 'ship:o-1/payment', key: 'k-1', at: 0 }]);
  });

  test('is refused for another request', async () => {
    const { post, effects, changed } = played();
    await post('k-1', { amount: 7 });
    expect(await post('k-1', { amount: 8 })).toMatchObject({ status: 422 });
    expect(effects).toHaveLength(1);
    expect(changed).toEqual(['ship:o-1/payment | /charges {"amount":7} | /charges {"amount":8}']);
  });

  test('is the same request in whatever order its fields are', async () => {
    const { post, changed } = played();
    await post('k-1', { amount: 7, card: 'c' });
    expect(await post('k-1', { card: 'c', amount: 7 })).toMatchObject({ status: 201 });
    expect(changed).toEqual([]);
  });

  test('stands for itself only: another one has an effect of its own', async () => {
    const { post, effects } = played();
    await post('k-1');
    await post('k-2');
    expect(effects.map(({ key }) => key)).toEqual(['k-1', 'k-2']);
  });
});

describe('after its lifetime a key', () => {
  test('is forgotten: the effect happens again, also for another request', async () => {
    const { post, effects, changed, clock } = played();
    await post('k-1', { amount: 7 });
    clock.now = LIFETIME;
    expect(await post('k-1', { amount: 8 })).toMatchObject({ status: 201 });
    expect([effects.map(({ at }) => at), changed]).toEqual([[0, LIFETIME], []]);
  });

  test('is known for a whole lifetime again from when it is used anew', async () => {
    const { post, effects, clock } = played();
    for (const at of [0, 1.9 * LIFETIME, 2.1 * LIFETIME, 2.8 * LIFETIME, 2.9 * LIFETIME]) {
      clock.now = at;
      await post('k-1');
    }
    expect(effects.map(({ at }) => at / LIFETIME)).toEqual([0, 1.9, 2.9]);
  });
});

test('a key that is never forgotten has one effect for ever', async () => {
  const { post, effects, clock } = played(Number.POSITIVE_INFINITY);
  await post('k-1');
  clock.now = 1e15;
  await post('k-1');
  expect(effects).toHaveLength(1);
});

test.each([
  ['without a key', undefined, {}, 400],
  ['of a caller who is not known', 'k-1', { 'x-api-key': 'another' }, 401],
])('a request %s is refused and has no effect', async (_, key, headers, status) => {
  const { post, effects, provider } = played();
  expect(await post(key, {}, headers)).toMatchObject({ status });
  expect(effects).toEqual([]);
  expect((await provider.entries()).filter(({ id }) => id)).toEqual([]);
});
