import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { contract, days, dependency, keyed, pure, transaction } from '../contract/index.ts';
import { serve } from '../runtime/index.ts';
import { testAtom } from './index.ts';

const half = contract({
  name: 'half',
  version: '1.0.0',
  summary: 'Halves even numbers.',
  input: z.object({ number: z.int() }),
  output: z.object({ half: z.int() }),
  failures: { Odd: z.object({ number: z.int() }) },
  effect: pure,
  examples: [
    { input: { number: 4 }, output: { half: 2 } },
    { input: { number: 3 }, failure: { name: 'Odd', payload: { number: 3 } } },
  ],
});

test('an atom that keeps its examples passes', async () => {
  const halving = serve(half, ({ number }, { fail }) => (number % 2 ? fail('Odd', { number }) : { half: number / 2 }));
  await expect(testAtom(halving)).resolves.toBeUndefined();
});

test.each([
  ['another output', () => ({ half: 3 }), 'Example 1 of half@1.0.0 comes to something else.'],
  ['no failure', ({ number }: { number: number }) => ({ half: Math.floor(number / 2) }), 'Example 2 of half@1.0.0'],
])('an atom that gives %s fails, and the example is named', async (_, handler, message) => {
  await expect(testAtom(serve(half, handler))).rejects.toThrow(message);
});

test('an atom that remembers what it should not fails', async () => {
  let calls = 0;
  const counting = serve(half, ({ number }, { fail }) => {
    calls += 1;
    return calls > 1 || number % 2 ? fail('Odd', { number }) : { half: number / 2 };
  });
  await expect(testAtom(counting)).rejects.toThrow(
    'Example 1 of half@1.0.0 comes to something else in the next attempt.',
  );
});

const order = contract({
  name: 'order-label',
  version: '1.0.0',
  summary: 'Orders a label.',
  input: z.object({ orderId: z.string() }),
  output: z.object({ labelId: z.string() }),
  effect: keyed({ keyLifetime: days(1) }),
  dependency: dependency('printer'),
  examples: [{ input: { orderId: 'o-1' }, output: { labelId: 'l-1' } }],
});
const provider = () => ({ status: 201, body: { labelId: 'l-1' } });

test('a provider that is asked for the same in every attempt is content', async () => {
  const ordering = serve(order, async (input, context) => (await context.provider.post('/labels', input)).body);
  await expect(testAtom(ordering, { provider })).resolves.toBeUndefined();
});

test('a provider that is asked for something else in the next attempt would refuse', async () => {
  const ordering = serve(order, async (input, context) => {
    const { body } = await context.provider.post('/labels', { ...input, attempt: context.attempt });
    return body;
  });
  await expect(testAtom(ordering, { provider })).rejects.toThrow(
    'Example 1 of order-label@1.0.0: the provider is asked for something else in the next attempt.',
  );
});

test('what the atom meets may depend on the example', async () => {
  const ordering = serve(order, async (input, context) => (await context.provider.post('/labels', input)).body);
  const byExample = testAtom(ordering, (example) => ({
    provider: () => ({ status: 201, body: 'output' in example ? example.output : {} }),
  }));
  await expect(byExample).resolves.toBeUndefined();
});

test('without examples nothing would be tested, and that is said', async () => {
  const bare = contract({
    name: 'bare',
    version: '1.0.0',
    summary: 'Has no examples.',
    input: z.object({}),
    output: z.object({}),
    effect: transaction,
  });
  await expect(testAtom(serve(bare, () => ({ output: {}, writes: [] })))).rejects.toThrow(
    'bare@1.0.0 has no examples. Write in its contract: examples: [{ input: { … }, output: { … } }].',
  );
});
