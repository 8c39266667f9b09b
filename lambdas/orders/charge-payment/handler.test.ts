import { expect, test } from '@jest/globals';
import { providerKey } from '../../../lib/runtime/context.ts';
import { atomUnderTest, STEP } from '../../../test/fakes/atom-under-test.ts';
import { chargePayment } from './contract.ts';
import { handler } from './handler.ts';

const atom = atomUnderTest(handler, chargePayment);
const charge = { orderId: 'o-1', card: 'tok_visa', amount: 2_990 };

test('the card is charged under the step’s key', async () => {
  atom.provider(201, { chargeId: 'ch-1', amount: 2_990, createdAt: 'now' });
  expect(await atom.does(charge)).toEqual({ chargeId: 'ch-1', amount: 2_990 });
  expect(atom.requests()).toEqual([{ url: 'https://provider.test/charges', body: charge, key: providerKey(STEP) }]);
});

test('a declined card is a declared failure, with the provider’s reason', async () => {
  atom.provider(402, { reason: 'insufficient funds' });
  expect(await atom.does(charge)).toEqual({
    error: 'Declared.CardDeclined',
    cause: { reason: 'insufficient funds' },
  });
});

test.each([
  ['a provider that is busy is asked again', 503, {}, 'Transient'],
  ['an answer that says something else breaks the contract', 400, { message: 'what?' }, 'Contract'],
])('%s', async (_, status, body, error) => {
  atom.provider(status, body);
  expect(await atom.does(charge)).toMatchObject({ error });
});

test('a card number never leaves the shop', async () => {
  expect(await atom.does({ ...charge, card: '4242424242424242' })).toMatchObject({ error: 'Contract' });
  expect(atom.requests()).toEqual([]);
});
