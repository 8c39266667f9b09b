import { expect, test } from '@jest/globals';
import { Transient } from '../../../lib/runtime/index.ts';
import { runAtom, testAtom } from '../../../lib/testing/index.ts';
import { handler } from './handler.ts';

const parcel = { orderId: 'o-1', country: 'DE', holdId: 'h-1', lines: [{ sku: 'mug', quantity: 2 }] };

test('the contract is kept, whatever goes wrong', () => testAtom(handler));

test('the parcel is booked under the step’s key', async () => {
  const { output, requests, key } = await runAtom(handler, parcel, {
    provider: () => ({ status: 201, body: { shipmentId: 'sh-1' } }),
  });
  expect(output).toEqual({ shipmentId: 'sh-1' });
  expect(requests).toEqual([{ method: 'POST', path: '/shipments', body: parcel, key }]);
});

test('a country that no carrier goes to is a declared failure', async () => {
  const far = { ...parcel, country: 'AQ' };
  const { declared } = await runAtom(handler, far, { provider: () => ({ status: 404 }) });
  expect(declared).toEqual({ name: 'NoCarrier', payload: { country: 'AQ' } });
});

test('a carrier that is busy is asked again', async () => {
  await expect(runAtom(handler, parcel, { provider: () => ({ status: 429 }) })).rejects.toThrow(Transient);
});
