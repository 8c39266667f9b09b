import { equals, minutes, orElse, type Workflow, workflow } from 'breakwater';
import {
  assessClaim,
  claimFiled,
  claimSettled,
  closeClaim,
  openClaim,
  payClaim,
  reclaimPayment,
  sendLetter,
} from './contracts.js';

export const settleClaim = workflow('settle-claim', claimFiled, {
  version: '1.0.0',
  deadline: minutes(5),
  slo: { availability: 0.99 },
})
  .step('assessment', assessClaim, ({ input }) => ({ amount: input.amount, note: orElse(input.note, '') }))
  .choose(
    'review',
    ({ assessment }) => equals(assessment.risk, 'high'),
    (high) => high.decline('TooRisky', ({ assessment }) => ({ score: assessment.score })),
    (low) => low.returns(({ assessment }) => ({ approvedAt: assessment.score })),
  )
  .step('opened', openClaim, ({ input }) => ({ claimId: input.claimId }), { undo: closeClaim })
  .step('payment', payClaim, ({ input, opened }) => ({ number: opened.number, amount: input.amount }), {
    undo: reclaimPayment,
  })
  .emit(claimSettled, ({ input, payment }) => ({ claimId: input.claimId, paymentId: payment.paymentId }))
  .send('letter', sendLetter, ({ input }) => ({ claimId: input.claimId }))
  .returns(({ payment, review }) => ({ paymentId: payment.paymentId, approvedAt: review.approvedAt }));

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** What the steps give is inferred, to the last field. */
export const inferred: Same<
  typeof settleClaim,
  Workflow<{ claimId: string; amount: number; note?: string | undefined }, { paymentId: string; approvedAt: number }>
> = true;
