/** A project for what `breakwater new` writes, in memory: a small shop with a domain, its atoms and a workflow. */
import * as z from 'zod';
import {
  type AnyContract,
  type AnyEventContract,
  compensation,
  contract,
  days,
  dependency,
  event,
  keyed,
  minutes,
  pure,
  table,
  transaction,
  unguarded,
} from '../../lib/contract/index.ts';
import type { Project } from '../../lib/scaffold/index.ts';
import { workflow } from '../../lib/workflow/index.ts';

const base = { version: '1.0.0', summary: 'For a test.' } as const;
const Line = z.object({ sku: z.string(), quantity: z.int().min(1) });
const payments = dependency('payments');
const inventory = table('inventory', { partitionKey: 'sku' });

const quote = contract({
  ...base,
  name: 'quote-order',
  input: z.object({ lines: z.array(Line.extend({ price: z.int() })).min(1), note: z.string().optional() }),
  output: z.object({ total: z.int(), currency: z.enum(['EUR', 'USD']) }),
  effect: pure,
  examples: [
    { input: { lines: [{ sku: 'mug', quantity: 2, price: 500 }] }, output: { total: 1_000, currency: 'EUR' } },
  ],
});
const reserve = contract({
  ...base,
  name: 'reserve-stock',
  input: z.object({ orderId: z.string().min(1).max(20), lines: z.array(Line).max(40) }),
  output: z.object({ holdId: z.string() }),
  failures: { OutOfStock: z.object({ sku: z.string() }) },
  effect: transaction,
  uses: [inventory.allow('UpdateItem')],
});
const release = compensation(reserve, { ...base, name: 'release-stock', output: z.object({}), effect: transaction });
const charge = contract({
  ...base,
  name: 'charge-card',
  input: z.object({ orderId: z.string().max(64), total: z.int(), card: z.string().startsWith('tok_') }),
  output: z.object({ chargeId: z.string() }),
  failures: { Declined: z.object({}) },
  effect: keyed({ keyLifetime: days(1) }),
  dependency: payments,
});
const mail = contract({
  ...base,
  name: 'mail-receipt',
  input: z.object({ orderId: z.string(), email: z.email() }),
  output: z.object({ messageId: z.string() }),
  effect: unguarded({ duplicates: 'harmless' }),
});
const orderPlaced = event({
  name: 'order-placed',
  version: '1.0.0',
  payload: z.object({ orderId: z.string(), lines: z.array(Line), email: z.email().optional() }),
});

export const sellThings = workflow('sell-things', orderPlaced, {
  version: '1.0.0',
  deadline: minutes(5),
  slo: { availability: 0.99 },
})
  .step('hold', reserve, ({ input }) => ({ orderId: input.orderId, lines: input.lines }), { undo: release })
  .send('receipt', mail, ({ input }) => ({ orderId: input.orderId, email: 'ann@example.com' }))
  .returns(({ hold }) => hold.holdId);

export const DOMAIN = `import * as z from 'zod';
import { dependency, event, table } from '../../lib/contract/index.ts';

const line = z.object({});
export const inventory = table('inventory', { partitionKey: 'sku' });
export const payments = dependency('payments');
export const orderPlaced = event({ name: 'order-placed', version: '1.0.0', payload: line });
`;

const atoms: readonly (readonly [identifier: string, contract: AnyContract])[] = [
  ['quoteOrder', quote as AnyContract],
  ['reserveStock', reserve as unknown as AnyContract],
  ['releaseStock', release as unknown as AnyContract],
  ['chargeCard', charge as unknown as AnyContract],
  ['mailReceipt', mail as unknown as AnyContract],
];

export const project: Project = {
  root: '/shop',
  domains: new Map([
    [
      'shop',
      {
        name: 'shop',
        text: DOMAIN,
        tables: [{ identifier: 'inventory', value: inventory }],
        dependencies: [{ identifier: 'payments', value: payments }],
        events: [{ identifier: 'orderPlaced', value: orderPlaced as AnyEventContract }],
      },
    ],
  ]),
  atoms: atoms.map(([identifier, each]) => ({
    domain: 'shop',
    identifier,
    contract: each,
    file: `lambdas/shop/${each.name}/contract.ts`,
  })),
  workflows: [
    {
      domain: 'shop',
      workflow: sellThings,
      exportName: 'sellThings',
      file: '/shop/state-machines/shop/sell-things/workflow.ts',
    },
  ],
  functions: ['start-undo'],
};

/** The same with another domain beside it, which has a table `seats`. */
export const twoDomains: Project = {
  ...project,
  domains: new Map([
    ...project.domains,
    [
      'theatre',
      {
        name: 'theatre',
        tables: [{ identifier: 'seats', value: table('seats', { partitionKey: 'seatId' }) }],
        dependencies: [],
        events: [],
      },
    ],
  ]),
};
