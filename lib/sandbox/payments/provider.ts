import { refusal } from '../http.ts';
import type { EffectOperation } from '../operation.ts';

/** Cards that are declined, as a payment provider's test cards are. */
const DECLINED_CARD = 'tok_declined';
const declined = refusal(402, 'The card was declined.');

const charge: EffectOperation = {
  kind: 'charge',
  path: '/charges',
  lookup: 'find-charge',
  idPrefix: 'ch_',
  fields: { orderId: 'text', card: 'text', amount: 'cents' },
  declined,
  refuse: ({ card }) => (card === DECLINED_CARD ? declined : undefined),
  perform: ({ amount }, chargeId) => ({
    body: { chargeId, amount },
    amount: Number(amount),
    remaining: Number(amount),
  }),
};

const refund: EffectOperation = {
  kind: 'refund',
  path: '/refunds',
  idPrefix: 're_',
  fields: { chargeId: 'text', amount: 'cents' },
  takesBack: {
    kind: 'charge',
    field: 'chargeId',
    idPrefix: charge.idPrefix,
    unknown: 'There is no such charge.',
    exceeded: 'No more can be refunded than was charged.',
    amount: ({ amount }) => Number(amount),
  },
  perform: ({ amount }, refundId) => ({ body: { refundId }, amount: Number(amount) }),
};

/** Charges cards and gives the money back. */
export const payments = { name: 'payments', operations: [charge, refund] } as const;
