import { type AtomShape, type AtomTexts, type AtomWords, source } from './texts.ts';

/** How the workflow language sees it: the same as its contract below. */
export const PURE_SHAPE: AtomShape = {
  input: { type: 'object', properties: { amount: { type: 'integer', minimum: 0 } }, required: ['amount'] },
  output: {
    type: 'object',
    properties: { fee: { type: 'integer' }, total: { type: 'integer' } },
    required: ['fee', 'total'],
  },
};

/** An atom that changes nothing: it works something out. */
export const pureAtom = ({ name, identifier, summary }: AtomWords): AtomTexts => ({
  contract: `
import * as z from 'zod';
import { contract, pure } from '../../../lib/contract/index.ts';

export const ${identifier} = contract({
  name: '${name}',
  version: '1.0.0',
  summary: ${source(summary ?? 'Adds a fee of 2 % to an amount, at least 0.50. All in cents.')},
  input: z.object({ amount: z.int().nonnegative() }),
  output: z.object({ fee: z.int(), total: z.int() }),
  effect: pure,
  examples: [
    { input: { amount: 10_000 }, output: { fee: 200, total: 10_200 } },
    { input: { amount: 900 }, output: { fee: 50, total: 950 } },
  ],
});
`,
  handler: `
import { serve } from '../../../lib/runtime/index.ts';
import { ${identifier} } from './contract.ts';

const FEE = { share: 0.02, least: 50 } as const;

export const handler = serve(${identifier}, ({ amount }) => {
  const fee = Math.max(FEE.least, Math.round(amount * FEE.share));
  return { fee, total: amount + fee };
});
`,
  test: `
import { expect, test } from '@jest/globals';
import { ContractBroken } from '../../../lib/runtime/index.ts';
import { runAtom, testAtom } from '../../../lib/testing/index.ts';
import { handler } from './handler.ts';

test('the contract is kept, whatever goes wrong', () => testAtom(handler));

test.each([
  ['nothing still costs the least fee', 0, { fee: 50, total: 50 }],
  ['up to 25.00 the fee is the least', 2_500, { fee: 50, total: 2_550 }],
  ['above it the fee is rounded to the cent', 2_525, { fee: 51, total: 2_576 }],
])('%s', async (_, amount, expected) => {
  const { output } = await runAtom(handler, { amount });
  expect(output).toEqual(expected);
});

test('an amount below zero breaks the contract', async () => {
  await expect(runAtom(handler, { amount: -1 })).rejects.toThrow(ContractBroken);
});
`,
});
