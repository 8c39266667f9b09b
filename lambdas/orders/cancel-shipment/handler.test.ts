import { expect, test } from '@jest/globals';
import { providerKey } from '../../../lib/runtime/context.ts';
import { atomUnderTest, STEP } from '../../../test/fakes/atom-under-test.ts';
import { cancelShipment } from './contract.ts';
import { handler } from './handler.ts';

const atom = atomUnderTest(handler, cancelShipment);

test('what was booked is called off, under a key of the undo’s own', async () => {
  atom.provider(201, { cancellationId: 'ca-1' });
  const booked = {
    input: { orderId: 'o-1', country: 'DE', holdId: 'h-1', lines: [{ sku: 'mug', quantity: 2 }] },
    output: { shipmentId: 'sh-1' },
  };
  expect(await atom.undoes(booked)).toEqual({ undone: true, reason: 'the step had happened' });
  expect(atom.requests()).toEqual([
    {
      url: 'https://provider.test/cancellations',
      body: { shipmentId: 'sh-1' },
      key: providerKey({ ...STEP, step: 'step~undo' }),
    },
  ]);
});
