import { expect, test } from '@jest/globals';
import { providerKey } from '../../../lib/runtime/context.ts';
import { atomUnderTest, STEP } from '../../../test/fakes/atom-under-test.ts';
import { bookShipment } from './contract.ts';
import { handler } from './handler.ts';

const atom = atomUnderTest(handler, bookShipment);
const parcel = { orderId: 'o-1', country: 'DE', holdId: 'h-1', lines: [{ sku: 'mug', quantity: 2 }] };

test('the parcel is booked under the step’s key', async () => {
  atom.provider(201, { shipmentId: 'sh-1' });
  expect(await atom.does(parcel)).toEqual({ shipmentId: 'sh-1' });
  expect(atom.requests()).toEqual([{ url: 'https://provider.test/shipments', body: parcel, key: providerKey(STEP) }]);
});

test('a country that no carrier goes to is a declared failure', async () => {
  atom.provider(404, { message: 'no carrier' });
  expect(await atom.does({ ...parcel, country: 'AQ' })).toEqual({
    error: 'Declared.NoCarrier',
    cause: { country: 'AQ' },
  });
});

test('a carrier that is busy is asked again', async () => {
  atom.provider(429, {});
  expect(await atom.does(parcel)).toMatchObject({ error: 'Transient' });
});
