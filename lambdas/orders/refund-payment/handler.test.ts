import { expect, test } from '@jest/globals';
import { providerKey } from '../../../lib/runtime/context.ts';
import { atomUnderTest, STEP } from '../../../test/fakes/atom-under-test.ts';
import { refundPayment } from './contract.ts';
import { handler } from './handler.ts';

const atom = atomUnderTest(handler, refundPayment);
const charged = {
  input: { orderId: 'o-1', card: 'tok_visa', amount: 2_990 },
  output: { chargeId: 'ch-1', amount: 2_990 },
};

test('what was charged is refunded, under a key of the undo’s own', async () => {
  atom.provider(201, { refundId: 're-1' });
  expect(await atom.undoes(charged)).toEqual({ undone: true, reason: 'the step had happened' });
  expect(atom.requests()).toEqual([
    {
      url: 'https://provider.test/refunds',
      body: { chargeId: 'ch-1', amount: 2_990 },
      key: providerKey({ ...STEP, step: 'step~undo' }),
    },
  ]);
});

test('a refund that is refused breaks the contract, which declares no failure: a person has to look', async () => {
  atom.provider(404, { message: 'no such charge' });
  expect(await atom.undoes(charged)).toMatchObject({ error: 'Contract' });
});
