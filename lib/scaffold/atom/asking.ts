import { type AtomShape, type AtomTexts, type AtomWords, type InDomain, source, type UndoneStep } from './texts.ts';

const EFFECT = {
  keyed: { source: 'keyed({ keyLifetime: days(1) })', imports: 'days, keyed' },
  lookup: { source: 'lookup({ quietAfter: minutes(1) })', imports: 'lookup, minutes' },
  unguarded: { source: "unguarded({ duplicates: 'harmless' })", imports: 'unguarded' },
} as const;

/** How the workflow language sees it: the same as its contract below. */
export const ASKING_SHAPE: AtomShape = {
  input: {
    type: 'object',
    properties: { orderId: { type: 'string', minLength: 1 }, quantity: { type: 'integer', exclusiveMinimum: 0 } },
    required: ['orderId', 'quantity'],
  },
  output: { type: 'object', properties: { reference: { type: 'string' } }, required: ['reference'] },
};

/** An atom that asks a provider for something, under the step's key where the provider deduplicates by it. */
export function askingAtom(
  { name, identifier, summary }: AtomWords,
  provider: InDomain,
  effect: keyof typeof EFFECT,
): AtomTexts {
  const declines = effect !== 'unguarded';
  const path = `/${provider.name}`;
  return {
    contract: `
import * as z from 'zod';
import { contract, ${EFFECT[effect].imports} } from '../../../lib/contract/index.ts';
import { ${provider.identifier} } from '../domain.ts';

export const ${identifier} = contract({
  name: '${name}',
  version: '1.0.0',
  summary: ${source(summary ?? `Asks ${provider.name} for what an order needs.`)},
  input: z.object({ orderId: z.string().min(1), quantity: z.int().positive() }),
  output: z.object({ reference: z.string() }),
  ${declines ? 'failures: { Refused: z.object({ reason: z.string() }) },' : ''}
  effect: ${EFFECT[effect].source},
  dependency: ${provider.identifier},
  examples: [{ input: { orderId: 'o-1', quantity: 2 }, output: { reference: 'r-1' } }],
});
`,
    handler: HANDLER[effect](identifier, path),
    test: `
import { expect, test } from '@jest/globals';
import { ContractBroken, Transient } from '../../../lib/runtime/index.ts';
import { runAtom, testAtom } from '../../../lib/testing/index.ts';
import { handler } from './handler.ts';

const request = { orderId: 'o-1', quantity: 2 };
const takes = () => ({ status: 201, body: { reference: 'r-1' } });

test('the contract is kept, whatever goes wrong', () => testAtom(handler));

test('the provider is asked under the step’s key', async () => {
  const { output, requests, key } = await runAtom(handler, request, { provider: takes });
  expect(output).toEqual({ reference: 'r-1' });
  expect(requests).toEqual([{ method: 'POST', path: '${path}', body: ${effect === 'lookup' ? '{ ...request, reference: key }' : 'request'}, key }]);
});
${
  effect === 'lookup'
    ? `
test('what an earlier attempt left is found under its reference, and not done again', async () => {
  const { output, requests, key } = await runAtom(handler, request, {
    attempt: 2,
    provider: () => ({ status: 200, body: { reference: 'r-1' } }),
  });
  expect(output).toEqual({ reference: 'r-1' });
  expect(requests).toMatchObject([{ method: 'GET', path: \`${path}/\${key}\` }]);
});

test('what is not found is done', async () => {
  const { output, requests } = await runAtom(handler, request, {
    attempt: 2,
    provider: ({ method }) => (method === 'GET' ? { status: 404 } : takes()),
  });
  expect(output).toEqual({ reference: 'r-1' });
  expect(requests.map(({ method }) => method)).toEqual(['GET', 'POST']);
});
`
    : ''
}${
  declines
    ? `
test('what the provider refuses is a declared failure, with its reason', async () => {
  const { declared } = await runAtom(handler, request, {
    provider: () => ({ status: 422, body: { reason: 'sold out' } }),
  });
  expect(declared).toEqual({ name: 'Refused', payload: { reason: 'sold out' } });
});
`
    : ''
}
test.each([
  ['a provider that is down is asked again', 503, Transient],
  ['an answer that nobody expects breaks the contract', 400, ContractBroken],
])('%s', async (_, status, error) => {
  await expect(runAtom(handler, request, { provider: () => ({ status }) })).rejects.toThrow(error);
});
`,
  };
}

const refusable = (identifier: string, path: string): string => `
import { serve } from '../../../lib/runtime/index.ts';
import { ${identifier} } from './contract.ts';

export const handler = serve(${identifier}, async (request, { provider, fail }) => {
  const answer = await provider.post('${path}', request, { expects: [422] });
  return answer.status === 422 ? fail('Refused', answer.body) : answer.body;
});
`;

/** The provider keeps the step's key as a reference, by which it can be asked. */
const findable = (identifier: string, path: string): string => `
import { serve } from '../../../lib/runtime/index.ts';
import { ${identifier} } from './contract.ts';

export const handler = serve(${identifier}, {
  do: async (request, { provider, key, fail }) => {
    const answer = await provider.post('${path}', { ...request, reference: key }, { expects: [422] });
    return answer.status === 422 ? fail('Refused', answer.body) : answer.body;
  },
  find: async (_, { provider, key }) => {
    const answer = await provider.get(\`${path}/\${key}\`, { expects: [404] });
    return answer.status === 404 ? undefined : answer.body;
  },
});
`;

const plainly = (identifier: string, path: string): string => `
import { serve } from '../../../lib/runtime/index.ts';
import { ${identifier} } from './contract.ts';

export const handler = serve(${identifier}, async (request, { provider }) => {
  const answer = await provider.post('${path}', request);
  return answer.body;
});
`;

const HANDLER = { keyed: refusable, lookup: findable, unguarded: plainly } as const;

/** The compensation of any step, by a provider that is told what the step answered. */
export const cancellingAtom = (
  { name, identifier, summary }: AtomWords,
  undone: UndoneStep,
  provider: InDomain,
): AtomTexts => ({
  contract: `
import * as z from 'zod';
import { compensation, days, keyed } from '../../../lib/contract/index.ts';
import { ${provider.identifier} } from '../domain.ts';
import { ${undone.identifier} } from '${undone.importPath}';

export const ${identifier} = compensation(${undone.identifier}, {
  name: '${name}',
  version: '1.0.0',
  summary: ${source(summary ?? `Has ${provider.name} take back what ${undone.name} did.`)},
  output: z.object({ reference: z.string() }),
  effect: keyed({ keyLifetime: days(1) }),
  dependency: ${provider.identifier},
});
`,
  handler: `
import { serve } from '../../../lib/runtime/index.ts';
import { ${identifier} } from './contract.ts';

export const handler = serve(${identifier}, async ({ output }, { provider }) => {
  const answer = await provider.post('/cancellations', output);
  return answer.body;
});
`,
  test: `
import { expect, test } from '@jest/globals';
import { ContractBroken, Transient } from '../../../lib/runtime/index.ts';
import { runAtom } from '../../../lib/testing/index.ts';
import { handler } from './handler.ts';

const done = ${source(undone.sample)};

test('what the step answered is taken back, under the undo’s own key', async () => {
  const { output, requests, key } = await runAtom(handler, done, {
    provider: () => ({ status: 201, body: { reference: 'r-2' } }),
  });
  expect(output).toEqual({ reference: 'r-2' });
  expect(requests).toEqual([{ method: 'POST', path: '/cancellations', body: done.output, key }]);
});

test.each([
  ['a provider that is down is asked again', 503, Transient],
  ['an undo that is refused breaks the contract, which declares no failure: a person has to look', 404, ContractBroken],
])('%s', async (_, status, error) => {
  await expect(runAtom(handler, done, { provider: () => ({ status }) })).rejects.toThrow(error);
});
`,
});
