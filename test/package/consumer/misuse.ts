// What must not compile. An error that is missing is an error itself.
import { equals, minutes, workflow } from 'breakwater';
import { workflowClient } from 'breakwater/client';
import { Atom } from 'breakwater/constructs';
import { serve } from 'breakwater/runtime';
import { runAtom } from 'breakwater/testing';
import { assessClaim, claimFiled, closeClaim, openClaim, payClaim } from './contracts.js';
import { openHandler } from './handlers.js';
import { settleClaim } from './workflow.js';

const begun = workflow('settle-claim', claimFiled, {
  version: '1.0.0',
  deadline: minutes(5),
  slo: { availability: 0.99 },
}).step('opened', openClaim, ({ input }) => ({ claimId: input.claimId }), { undo: closeClaim });

// @ts-expect-error: the input has no such field
begun.step('again', openClaim, ({ input }) => ({ claimId: input.claimNumber }));
// @ts-expect-error: the atom takes a claimId
begun.step('again', openClaim, ({ input }) => ({ amount: input.amount }));
// @ts-expect-error: the amount is a number, and what may be missing has no default
begun.step('assessment', assessClaim, ({ input }) => ({ amount: input.claimId, note: input.note }));
// @ts-expect-error: a step of that name exists
begun.step('opened', openClaim, ({ input }) => ({ claimId: input.claimId }));
// @ts-expect-error: that compensation takes back another atom's effect
begun.step('again', payClaim, ({ opened }) => ({ number: opened.number, amount: 1 }), { undo: closeClaim });
begun.choose(
  'way',
  // @ts-expect-error: a number is no text
  ({ input }) => equals(input.amount, 'much'),
  (one) => one.returns(() => 1),
  (two) => two.returns(() => 2),
);
// @ts-expect-error: the handler's output is not what the contract promises
serve(assessClaim, () => ({ risk: 'none', score: 1 }));
// @ts-expect-error: a failure that the contract does not declare
serve(payClaim, (_, { fail }) => fail('CardDeclined', { reason: 'x' }));
// @ts-expect-error: an atom without a contract
new Atom(undefined as never, 'Atom', { platform: undefined as never, entry: 'handler.ts' });
// @ts-expect-error: the amount of a claim is a number
void workflowClient(settleClaim).start({ claimId: 'c-1', amount: '250' }, { id: 'c-1' });
// @ts-expect-error: a claim is opened by its id
void runAtom(openHandler, { claim: 'c-1' });
