import { expect, test } from '@jest/globals';
import { runAtom, testAtom } from '../../../lib/testing/index.ts';
import { handler as bookShipment } from '../book-shipment/handler.ts';
import { handler } from './handler.ts';

const booked = {
  input: { orderId: 'o-1', country: 'DE', holdId: 'h-1', lines: [{ sku: 'mug', quantity: 2 }] },
  output: { shipmentId: 'sh-1' },
};

test('what was done is undone once, whatever goes wrong', () => testAtom(bookShipment, { undo: handler }));

test('what was booked is called off', async () => {
  const { output, requests, key } = await runAtom(handler, booked, {
    provider: () => ({ status: 201, body: { cancellationId: 'ca-1' } }),
  });
  expect(output).toEqual({ cancellationId: 'ca-1' });
  expect(requests).toEqual([{ method: 'POST', path: '/cancellations', body: { shipmentId: 'sh-1' }, key }]);
});
