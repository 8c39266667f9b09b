import {
  compensation,
  contract,
  days,
  dependency,
  event,
  keyed,
  mail,
  pure,
  table,
  transaction,
  unguarded,
} from 'breakwater';
import * as z from 'zod';

export const claims = table('claims', { partitionKey: 'claimId' });

export const claimFiled = event({
  name: 'claim-filed',
  version: '1.0.0',
  payload: z.object({ claimId: z.string(), amount: z.number(), note: z.string().optional() }),
});

export const claimSettled = event({
  name: 'claim-settled',
  version: '1.0.0',
  payload: z.object({ claimId: z.string(), paymentId: z.string() }),
});

export const assessClaim = contract({
  name: 'assess-claim',
  version: '1.0.0',
  summary: 'Says how risky a claim is.',
  input: z.object({ amount: z.number(), note: z.string() }),
  output: z.object({ risk: z.enum(['low', 'high']), score: z.number() }),
  effect: pure,
  examples: [{ input: { amount: 250, note: '' }, output: { risk: 'low', score: 25 } }],
});

export const openClaim = contract({
  name: 'open-claim',
  version: '2.1.0',
  summary: 'Opens a claim.',
  input: z.object({ claimId: z.string() }),
  output: z.object({ number: z.string() }),
  effect: transaction,
  uses: [claims.allow('PutItem')],
});

export const closeClaim = compensation(openClaim, {
  name: 'close-claim',
  version: '1.0.0',
  summary: 'Takes an opened claim back.',
  output: z.object({ closed: z.boolean() }),
  effect: transaction,
  uses: [claims.allow('DeleteItem')],
});

const bank = dependency('bank');

export const payClaim = contract({
  name: 'pay-claim',
  version: '1.0.0',
  summary: 'Pays a claim out.',
  input: z.object({ number: z.string(), amount: z.number() }),
  output: z.object({ paymentId: z.string() }),
  failures: { AccountClosed: z.object({ reason: z.string() }) },
  effect: keyed({ keyLifetime: days(1) }),
  dependency: bank,
});

export const reclaimPayment = compensation(payClaim, {
  name: 'reclaim-payment',
  version: '1.0.0',
  summary: 'Asks for a payment back.',
  output: z.object({ reclaimed: z.boolean() }),
  effect: keyed({ keyLifetime: days(1) }),
  dependency: bank,
});

export const sendLetter = contract({
  name: 'send-letter',
  version: '1.0.0',
  summary: 'Tells the customer.',
  input: z.object({ claimId: z.string() }),
  output: z.object({ messageId: z.string() }),
  effect: unguarded({ duplicates: 'harmless' }),
  uses: [mail],
});
