import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { chargeCard, printLabel } from '../../test/fakes/atoms.ts';
import { type AnyContract, contract, dependency, table } from '../contract/index.ts';
import { attemptContext, providerKey } from './context.ts';
import { DeclaredFailure, MissingEnvironment } from './index.ts';

describe('the key that a provider gets', () => {
  test('is base32 of the SHA-256 of the step key', () => {
    // echo -n ship-order:o-1/payment | sha256sum | xxd -r -p | base32 | tr A-Z a-z
    expect(providerKey({ execution: 'ship-order:o-1', step: 'payment' })).toBe(
      'v4xgg5tl6e3tx22y2ybyfmcrx6vtdmwl3a3ruyfh3ahzhhhsr2oa',
    );
    // The last bit of this one is set.
    expect(providerKey({ execution: 'ship-order:o-3', step: 'payment' })).toBe(
      'cwne2nazjukmnulorwasvahgwn7zrhza7gy7c2hllwtippf3u57q',
    );
  });

  test.each([
    ['an undo', { execution: 'ship-order:o-1', step: 'payment~undo' }],
    ['another step', { execution: 'ship-order:o-1', step: 'label' }],
    ['another order', { execution: 'ship-order:o-2', step: 'payment' }],
    ['another workflow', { execution: 'return-order:o-1', step: 'payment' }],
  ])('differs for %s', (_, key) => {
    expect(providerKey(key)).toMatch(/^[a-z2-7]{52}$/);
    expect(providerKey(key)).not.toBe(providerKey({ execution: 'ship-order:o-1', step: 'payment' }));
  });
});

describe('what a handler gets beside its input', () => {
  const attempt = {
    key: { execution: 'ship-order:o-1', step: 'payment' },
    correlationId: 'o-1',
    attempt: 2,
    input: {},
    signal: new AbortController().signal,
  };
  const context = attemptContext(chargeCard as AnyContract, attempt);

  afterEach(() => {
    for (const name of ['STOCK_TABLE', 'CARD_NETWORK_URL', 'CARD_NETWORK_KEY']) delete process.env[name];
  });

  test('is what it needs to know of its attempt', () => {
    expect(context).toMatchObject({
      key: providerKey(attempt.key),
      execution: 'ship-order:o-1',
      correlationId: 'o-1',
      attempt: 2,
      signal: attempt.signal,
    });
    expect(Math.abs(context.now().getTime() - Date.now())).toBeLessThan(1_000);
  });

  test('a declared failure is made to be returned', () => {
    const failure = context.fail('CardDeclined', { reason: 'empty' });
    expect(failure).toBeInstanceOf(DeclaredFailure);
    expect({ ...failure }).toEqual({ name: 'CardDeclined', payload: { reason: 'empty' } });
  });

  test('a table is named by the environment, and a missing one is named in the error', () => {
    const stock = table('stock', { partitionKey: 'sku' });
    expect(() => context.table(stock)).toThrow(MissingEnvironment);
    expect(() => context.table(stock)).toThrow(expect.objectContaining({ name: 'MissingEnvironment' }));
    expect(() => context.table(stock)).toThrow(
      'The environment variable STOCK_TABLE is not set. The stack that deploys this function has to set it.',
    );
    process.env.STOCK_TABLE = 'stock-1';
    expect(context.table(stock)).toBe('stock-1');
  });

  test('a provider is there only for an atom whose contract names it', () => {
    expect(() => attemptContext(printLabel as AnyContract, attempt).provider).toThrow(
      'print-label names no dependency in its contract, so it has no provider.',
    );
  });

  test('a provider is the dependency, by its names in the environment', () => {
    const calling = contract({ ...chargeCard, dependency: dependency('card-network') });
    const read = () => attemptContext(calling as AnyContract, attempt).provider;
    expect(read).toThrow('The environment variable CARD_NETWORK_URL is not set.');
    process.env.CARD_NETWORK_URL = 'http://localhost';
    expect(read).toThrow('The environment variable CARD_NETWORK_KEY is not set.');
    process.env.CARD_NETWORK_KEY = 'secret';
    expect(read).not.toThrow();
  });

  test('chance and identifiers are the step’s, in every attempt', () => {
    const again = attemptContext(chargeCard as AnyContract, { ...attempt, attempt: 3 });
    const first = attemptContext(chargeCard as AnyContract, attempt);
    expect([again.id(), again.random()]).toEqual([first.id(), first.random()]);
  });

  describe('a request of its own', () => {
    const requested = jest.fn<typeof fetch>();
    const { fetch: before } = globalThis;
    beforeEach(() => {
      requested.mockReset().mockResolvedValue(new Response('fine'));
      globalThis.fetch = requested;
    });
    afterEach(() => {
      globalThis.fetch = before;
    });
    const abortable = () => {
      const abort = new AbortController();
      return { abort, context: attemptContext(chargeCard as AnyContract, { ...attempt, signal: abort.signal }) };
    };

    test('is what it was asked for, aborted when the contract’s time is over', async () => {
      const { abort, context } = abortable();
      const answer = await context.fetch('https://example.com/a', { method: 'PUT', body: 'b' });
      expect(await answer.text()).toBe('fine');
      expect(requested.mock.calls).toEqual([
        ['https://example.com/a', { method: 'PUT', body: 'b', signal: expect.any(AbortSignal) }],
      ]);
      const signal = requested.mock.calls[0]?.[1]?.signal;
      expect(signal?.aborted).toBe(false);
      abort.abort();
      expect(signal?.aborted).toBe(true);
    });

    test('by its provider says which step it is of', async () => {
      process.env.CARD_NETWORK_URL = 'http://localhost';
      process.env.CARD_NETWORK_KEY = 'secret';
      const calling = contract({ ...chargeCard, dependency: dependency('card-network') });
      requested.mockResolvedValue(new Response('{}'));
      await attemptContext(calling as AnyContract, attempt).provider.get('/charges');
      expect(requested.mock.calls[0]?.[1]?.headers).toMatchObject({ 'x-breakwater-step': 'ship-order:o-1/payment' });
    });

    test.each(['attempt', 'caller'])('with a signal of its own is aborted by the %s', async (by) => {
      const { abort, context } = abortable();
      const own = new AbortController();
      await context.fetch('https://example.com', { signal: own.signal });
      (by === 'attempt' ? abort : own).abort();
      expect(requested.mock.calls[0]?.[1]?.signal?.aborted).toBe(true);
    });
  });
});
