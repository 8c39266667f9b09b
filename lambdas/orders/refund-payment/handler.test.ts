import { expect, test } from '@jest/globals';
import { ContractBroken } from '../../../lib/runtime/index.ts';
import { runAtom, testAtom } from '../../../lib/testing/index.ts';
import { handler as chargePayment } from '../charge-payment/handler.ts';
import { handler } from './handler.ts';

const charged = {
  input: { orderId: 'o-1', card: 'tok_visa', amount: 2_990 },
  output: { chargeId: 'ch-1', amount: 2_990 },
};

test('what was done is undone once, whatever goes wrong', () => testAtom(chargePayment, { undo: handler }));

test('what was charged is refunded', async () => {
  const { output, requests, key } = await runAtom(handler, charged, {
    provider: () => ({ status: 201, body: { refundId: 're-1' } }),
  });
  expect(output).toEqual({ refundId: 're-1' });
  expect(requests).toEqual([{ method: 'POST', path: '/refunds', body: { chargeId: 'ch-1', amount: 2_990 }, key }]);
});

test('a refund that is refused breaks the contract, which declares no failure: a person has to look', async () => {
  const refunding = runAtom(handler, charged, { provider: () => ({ status: 404 }) });
  await expect(refunding).rejects.toThrow(ContractBroken);
});
