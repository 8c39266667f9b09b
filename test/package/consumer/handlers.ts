import { serve } from 'breakwater/runtime';
import { assessClaim, claims, openClaim, payClaim } from './contracts.js';

export const handler = serve(assessClaim, ({ amount }) => ({
  risk: amount > 1_000 ? ('high' as const) : ('low' as const),
  score: amount / 10,
}));

export const openHandler = serve(openClaim, ({ claimId }, { table }) => ({
  output: { number: `C-${claimId}` },
  writes: [{ Put: { TableName: table(claims), Item: { claimId } } }],
}));

export const payHandler = serve(payClaim, async (payment, { provider, fail }) => {
  const { status, body } = await provider.post('/payments', payment, { expects: [409] });
  return status === 409 ? fail('AccountClosed', { reason: 'closed' }) : body;
});
