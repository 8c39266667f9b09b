import { refusal } from '../http.ts';
import type { EffectOperation } from '../operation.ts';

/** Nobody delivers to Antarctica. */
const NO_CARRIER_TO = 'AQ';
const declined = refusal(404, 'no carrier');

const shipment: EffectOperation = {
  kind: 'shipment',
  path: '/shipments',
  lookup: 'find-shipment',
  idPrefix: 'sh_',
  fields: { orderId: 'text', country: 'text', holdId: 'text', lines: 'list' },
  declined,
  refuse: ({ country }) => (country === NO_CARRIER_TO ? declined : undefined),
  perform: (_, shipmentId) => ({ body: { shipmentId }, remaining: 1 }),
};

const cancellation: EffectOperation = {
  kind: 'cancellation',
  path: '/cancellations',
  idPrefix: 'ca_',
  fields: { shipmentId: 'text' },
  takesBack: {
    kind: 'shipment',
    field: 'shipmentId',
    idPrefix: shipment.idPrefix,
    unknown: 'There is no such shipment.',
    exceeded: 'The shipment is cancelled already.',
    amount: () => 1,
  },
  perform: (_, cancellationId) => ({ body: { cancellationId } }),
};

/** Fetches parcels and calls them off. */
export const carrier = { name: 'carrier', operations: [shipment, cancellation] } as const;
