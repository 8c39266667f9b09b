import { expect, test } from '@jest/globals';
import { ContractBroken, Transient } from '../../../lib/runtime/index.ts';
import { runAtom, testAtom } from '../../../lib/testing/index.ts';
import { handler } from './handler.ts';

const charge = { orderId: 'o-1', card: 'tok_visa', amount: 2_990 };

test('the contract is kept, whatever goes wrong', () => testAtom(handler));

test('the card is charged under the step’s key', async () => {
  const body = { chargeId: 'ch-1', amount: 2_990, createdAt: 'now' };
  const { output, requests, key } = await runAtom(handler, charge, { provider: () => ({ status: 201, body }) });
  expect(output).toEqual({ chargeId: 'ch-1', amount: 2_990 });
  expect(requests).toEqual([{ method: 'POST', path: '/charges', body: charge, key }]);
});

test('a declined card is a declared failure, with the provider’s reason', async () => {
  const body = { reason: 'insufficient funds' };
  const { declared } = await runAtom(handler, charge, { provider: () => ({ status: 402, body }) });
  expect(declared).toEqual({ name: 'CardDeclined', payload: { reason: 'insufficient funds' } });
});

test.each([
  ['a provider that is busy is asked again', 503, Transient],
  ['an answer that says something else breaks the contract', 400, ContractBroken],
])('%s', async (_, status, error) => {
  await expect(runAtom(handler, charge, { provider: () => ({ status }) })).rejects.toThrow(error);
});

test('a card number never leaves the shop', async () => {
  await expect(runAtom(handler, { ...charge, card: '4242424242424242' })).rejects.toThrow(ContractBroken);
});
