/**
 * The reference's own personal data, the customer's mail address and card, through all of its atoms: in no line of any
 * log and in nothing that is told when something goes wrong, whatever goes wrong; in records and answers as it is.
 */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { handler as assessRisk } from '../../lambdas/orders/assess-risk/handler.ts';
import { handler as bookShipment } from '../../lambdas/orders/book-shipment/handler.ts';
import { handler as cancelShipment } from '../../lambdas/orders/cancel-shipment/handler.ts';
import { handler as chargePayment } from '../../lambdas/orders/charge-payment/handler.ts';
import { Order } from '../../lambdas/orders/domain.ts';
import { handler as notifyCustomer } from '../../lambdas/orders/notify-customer/handler.ts';
import { handler as priceOrder } from '../../lambdas/orders/price-order/handler.ts';
import { handler as refundPayment } from '../../lambdas/orders/refund-payment/handler.ts';
import { handler as releaseInventory } from '../../lambdas/orders/release-inventory/handler.ts';
import { handler as reserveInventory } from '../../lambdas/orders/reserve-inventory/handler.ts';
import { type Contract, contractId, personalDataOf, type Schema } from '../../lib/contract/index.ts';
import { serve } from '../../lib/runtime/index.ts';
import { Outside, type ProviderReply, type ProviderRequest, type Surroundings } from '../../lib/testing/outside.ts';
import { type RunnableAtom, StepRun } from '../../lib/testing/step-run.ts';

const EMAIL = 'ann.other@example.org';
const CARD = 'tok_visa_4711';
const PERSONAL = /ann\.other|example\.org|tok_visa|4711/i;

const lines = [
  { sku: 'mug', quantity: 2, unitPrice: 1_250 },
  { sku: 'pen', quantity: 1, unitPrice: 90 },
];
const taken = lines.map(({ sku, quantity }) => ({ sku, quantity }));
const charge = { orderId: 'o-1', card: CARD, amount: 2_990 };
const parcel = { orderId: 'o-1', country: 'DE', holdId: 'h-1', lines: taken };

/** All steps of an order's way and of its way back, each with what its state machine sends. */
const STEPS: readonly (readonly [string, unknown, unknown])[] = [
  ['price', priceOrder, { lines, country: 'DE' }],
  ['risk', assessRisk, { customerId: 'c-1', email: EMAIL, country: 'DE', lines, total: 2_990 }],
  ['stock', reserveInventory, { orderId: 'o-1', lines: taken }],
  ['payment', chargePayment, charge],
  ['shipment', bookShipment, parcel],
  ['receipt', notifyCustomer, { orderId: 'o-1', email: EMAIL, shipmentId: 's-1', total: 2_990 }],
  ['undo:shipment', cancelShipment, { input: parcel, output: { shipmentId: 's-1' } }],
  ['undo:payment', refundPayment, { input: charge, output: { chargeId: 'c-1', amount: 2_990 } }],
  ['undo:stock', releaseInventory, { input: { orderId: 'o-1', lines: taken }, output: { holdId: 'h-1' } }],
];

const answered = (): ProviderReply => ({
  status: 201,
  body: { chargeId: 'c-1', amount: 2_990, shipmentId: 's-1', refundId: 'r-1', cancellationId: 'x-1' },
});
/** Providers quote what they were sent. */
const quoting =
  (status: number) =>
  ({ body }: ProviderRequest): ProviderReply => ({ status, body: { error: `what of ${JSON.stringify(body)}?`, body } });
const mailed = { SendEmail: () => ({ MessageId: 'm-1' }) };
const stocked = {
  inventory: [
    { sku: 'mug', available: 9 },
    { sku: 'pen', available: 9 },
  ],
};
const held = { ...stocked, holds: [{ holdId: 'h-1', state: 'held' }] };

/** And so do errors. */
const failing = (name: string) => (sent: object) => {
  const text = JSON.stringify(sent);
  throw Object.assign(new Error(`cannot do ${text}`, { cause: new Error(text) }), {
    name,
    sent: text,
    reason: { sent },
  });
};

const WAYS: readonly (readonly [string, Surroundings])[] = [
  ['goes well', { provider: answered, aws: mailed }],
  [
    'meets a provider that is busy and quotes',
    { provider: quoting(503), aws: { SendEmail: failing('TooManyRequests') } },
  ],
  [
    'meets a provider that refuses and quotes',
    { provider: quoting(400), aws: { SendEmail: failing('MessageRejected') } },
  ],
  ['is declined with a quote', { provider: quoting(402), aws: mailed }],
  [
    'is answered what breaks the contract',
    { provider: quoting(201), aws: { SendEmail: () => ({ MessageId: [EMAIL] }) } },
  ],
  ['loses the connection', { provider: failing('Error'), aws: { SendEmail: failing('TimeoutError') } }],
];

let printed = '';
beforeEach(() => {
  printed = '';
  for (const method of ['log', 'warn', 'error', 'info', 'debug'] as const) {
    jest.spyOn(console, method).mockImplementation((...texts) => {
      printed += texts.join(' ');
    });
  }
});
afterEach(() => {
  jest.restoreAllMocks();
});

/** One delivery: the lines of its log, and what was thrown, its stack and causes with it. */
async function told(
  atom: unknown,
  input: unknown,
  surroundings: Surroundings,
): Promise<{ log: string; error: string }> {
  const runnable = atom as RunnableAtom;
  const tables = runnable.contract.undoes ? held : stocked;
  const uses = runnable.contract.uses.flatMap((use) => (use.kind === 'table' ? [use.table.name] : []));
  const own = Object.fromEntries(Object.entries(tables).filter(([name]) => uses.includes(name)));
  const outside = new Outside(runnable.contract, { ...surroundings, tables: own });
  const heard = await outside
    .around(() => new StepRun(runnable, outside, {}).perform(input))
    .catch((error: Error) => ({ error: `${error.stack} ${String(error.cause)}`, cause: error.message }));
  return { log: JSON.stringify(outside.lines), error: 'error' in heard ? JSON.stringify(heard) : '' };
}

describe.each(STEPS)('%s', (_, atom, input) => {
  test.each(WAYS)('that %s tells nobody’s mail address or card', async (_way, surroundings) => {
    const { log, error } = await told(atom, input, surroundings);
    expect(log).toContain('"happening":');
    // What was declared is an answer, and says what the provider said; all other errors are told to operators.
    const shown = error.startsWith('{"error":"Declared.') ? '' : error;
    expect([log, shown, printed].join('\n')).not.toMatch(PERSONAL);
  });

  test('whose handler logs and throws all that it has tells nobody’s mail address or card', async () => {
    const { contract } = atom as RunnableAtom;
    const chatty = serve(
      contract as Contract<unknown, unknown, Record<never, never>, unknown, never>,
      (given, { log }) => {
        log(`got ${JSON.stringify(given)}`, { given, error: new Error(JSON.stringify(given)) });
        throw new Error(`no way with ${JSON.stringify(given)}`);
      },
    );
    const { log, error } = await told(chatty, input, {});
    expect(log).toContain('no way with');
    expect([log, error, printed].join('\n')).not.toMatch(PERSONAL);
  });
});

/** A compensation's input is what was recorded, and is taken as it is. */
const guarded = STEPS.filter(([, atom]) => {
  const { contract } = atom as RunnableAtom;
  return personalDataOf(contract.input).any && !contract.undoes;
});

describe.each(guarded)('%s, given what breaks its contract', (_, atom, input) => {
  const { names } = personalDataOf((atom as RunnableAtom).contract.input);
  test.each<[string, unknown]>([
    [
      'in the marked places',
      { ...(input as object), ...Object.fromEntries([...names].map((name) => [name, { a: EMAIL, [CARD]: 1 }])) },
    ],
    ['as JSON in JSON', JSON.stringify(input)],
    ['in a list', [input]],
    ['beside more than was agreed', { ...(input as object), mail: EMAIL, orderId: 7, country: 7 }],
  ])('%s, tells nobody’s mail address or card', async (_way, broken) => {
    const { log, error } = await told(atom, broken, {});
    expect(log).toContain('breaks its contract');
    expect([log, error, printed].join('\n')).not.toMatch(PERSONAL);
  });
});

test('the test would notice: with the marks taken off, they are told', async () => {
  const { contract, handler } = chargePayment;
  const { validate } = contract.input['~standard'];
  const input: Schema = { '~standard': { version: 1, vendor: 'other', validate } };
  const bare = serve({ ...contract, input } as unknown as typeof contract, handler as never);
  const { log, error } = await told(bare, charge, { provider: quoting(400) });
  expect(log).toMatch(PERSONAL);
  expect(error).toMatch(PERSONAL);
});

test('mail address and card are marked in the order, and so in what starts a workflow', () => {
  expect([...personalDataOf(Order).names].sort()).toEqual(['card', 'email']);
});

test('every atom that is given one knows it', () => {
  const known = STEPS.map(([, atom, input]) => {
    const { contract } = atom as RunnableAtom;
    return [contractId(contract), [...personalDataOf(contract.input).valuesOf(input)]];
  });
  expect(Object.fromEntries(known.filter(([, values]) => (values as unknown[]).length > 0))).toEqual({
    'assess-risk@1.0.0': [EMAIL],
    'charge-payment@1.0.0': [CARD],
    'notify-customer@1.0.0': [EMAIL],
    'refund-payment@1.0.0': [CARD],
  });
});
