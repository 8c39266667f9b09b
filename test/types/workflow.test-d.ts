/**
 * Checked by the compiler, never run: each type that is inferred stands beside a misuse that must not compile. An
 * unused @ts-expect-error is an error itself, so none of these can rot.
 */
import * as z from 'zod';
import { contract, days, keyed, pure, seconds, transaction } from '../../lib/contract/index.ts';
import { serve } from '../../lib/runtime/index.ts';
import {
  and,
  atLeast,
  equals,
  type Flow,
  greaterThan,
  not,
  orElse,
  type Reference,
  type Workflow,
  workflow,
} from '../../lib/workflow/index.ts';
import {
  assessRisk,
  chargeCard,
  mailReceipt,
  Order,
  orderPlaced,
  orderShipped,
  printLabel,
  refundCard,
  releaseStock,
  reserveStock,
} from '../fakes/atoms.ts';
import { begin, options } from '../fakes/workflows.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const exactly = <_ extends true>(): void => {};
type InputOf<W> = W extends Workflow<infer I, infer _> ? I : never;
type OutputOf<W> = W extends Workflow<infer _, infer O> ? O : never;
type ScopeOf<F> = F extends Flow<infer Scope, boolean> ? Scope : never;

const stocked = begin().step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }));

// ---------- a step ----------
exactly<Equal<ScopeOf<typeof stocked>['stock'], { holdId: string }>>();
// @ts-expect-error the name exists
stocked.step('stock', printLabel, ({ stock }) => ({ holdId: stock.holdId }));
// … and the compiler says so in words
type NameOf<Step extends (name: never, ...rest: never) => unknown> = Parameters<Step>[0];
type Nothing = Record<never, never>;
type Again = NameOf<typeof stocked.step<'stock', never, never, Nothing, never, never, never, never>>;
exactly<Equal<Again, 'step "stock" already exists'>>();
// @ts-expect-error "input" is the workflow's own
begin().step('input', reserveStock, ({ input }) => ({ orderId: input.orderId }));
// @ts-expect-error there is no step of that name
stocked.step('label', printLabel, ({ payment }) => ({ holdId: payment.chargeId }));
// @ts-expect-error the step has no such field
stocked.step('label', printLabel, ({ stock }) => ({ holdId: stock.id }));
// @ts-expect-error a field is missing
stocked.step('payment', chargeCard, ({ input }) => ({ orderId: input.orderId }));
// @ts-expect-error a number where a text belongs
stocked.step('label', printLabel, ({ input }) => ({ holdId: input.total }));
// @ts-expect-error a literal of a wrong type
stocked.step('label', printLabel, ({ stock }) => ({ holdId: stock.holdId, copies: 'two' }));
// @ts-expect-error a step may not read its own value
stocked.step('label', printLabel, ({ label }) => ({ holdId: label.labelId }));
// @ts-expect-error a reference is no value: arithmetic
stocked.step('payment', chargeCard, ({ input }) => ({ orderId: input.orderId, amount: input.total * 2 }));
// @ts-expect-error a reference is no value: a condition
stocked.step('payment', chargeCard, ({ input }) => ({ orderId: input.orderId, amount: input.total > 5 ? 1 : 2 }));
// @ts-expect-error a workflow that has ended has no further steps
stocked.returns(() => 1).step('label', printLabel, () => ({ holdId: '1' }));

// ---------- undo ----------
begin().step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }), { undo: releaseStock });
// @ts-expect-error it undoes another atom
begin().step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }), { undo: refundCard });
// @ts-expect-error it is no compensation
begin().step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }), { undo: mailReceipt });
// @ts-expect-error an option that does not exist
begin().step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId }), { compensate: releaseStock });

// ---------- what may be missing ----------
const labelled = stocked.step('label', printLabel, ({ input }) => ({ holdId: orElse(input.note, ''), copies: 2 }));
exactly<Equal<ScopeOf<typeof labelled>['label'], { labelId: string }>>();
// @ts-expect-error an optional field needs orElse
stocked.step('label', printLabel, ({ input }) => ({ holdId: input.note }));
// @ts-expect-error so does a field of something optional
stocked.step('label', printLabel, ({ input }) => ({ holdId: input.gift.text }));
// @ts-expect-error and an element of a list
stocked.step('label', printLabel, ({ input }) => ({ holdId: input.lines.at(0).sku }));
stocked.step('label', printLabel, ({ input }) => ({ holdId: orElse(input.lines.at(0).sku, 'none') }));
stocked.step('label', printLabel, ({ input }) => ({ holdId: orElse(input.gift.text, 'none') }));
// @ts-expect-error a list is no array: its length is not known yet
stocked.step('payment', chargeCard, ({ input }) => ({ orderId: input.orderId, amount: input.lines.length }));
// @ts-expect-error the default is of the wrong type
stocked.step('label', printLabel, ({ input }) => ({ holdId: orElse(input.note, 1) }));
// @ts-expect-error a default that is missing itself
stocked.step('label', printLabel, ({ input }) => ({ holdId: orElse(input.note, undefined) }));

// ---------- choose ----------
const chosen = stocked.choose(
  'size',
  ({ input }) => and(atLeast(input.total, 5), not(equals(input.orderId, 'x'))),
  (large) => large.returns(({ stock }) => ({ kind: 'large', hold: stock.holdId })),
  (small) => small.returns(() => 'small'),
);
exactly<Equal<ScopeOf<typeof chosen>['size'], { kind: 'large'; hold: string } | 'small'>>();
const one = <Scope>(flow: Flow<Scope, false>) => flow.returns(() => 1);
const two = <Scope>(flow: Flow<Scope, false>) => flow.returns(() => 2);
stocked.choose('size', ({ input }) => greaterThan(input.total, 5), one, two);
// @ts-expect-error a condition is made by equals, greaterThan …, not by JavaScript's operators
stocked.choose('size', ({ input }) => input.total > 5, one, two);
// @ts-expect-error a value that is known is no condition
stocked.choose('size', () => true, one, two);
// @ts-expect-error order is for numbers
stocked.choose('size', ({ input }) => greaterThan(input.orderId, 5), one, two);
// @ts-expect-error a text and a number are never equal
stocked.choose('size', ({ input }) => equals(input.orderId, 5), one, two);
// @ts-expect-error nor are two references of such
stocked.choose('size', ({ input }) => equals(input.orderId, input.total), one, two);
// @ts-expect-error objects cannot be compared
stocked.choose('size', ({ input, stock }) => equals(input.lines, stock), one, two);
// @ts-expect-error and() joins at least one condition
stocked.choose('size', () => and(), one, two);
// @ts-expect-error the name exists
stocked.choose('stock', ({ input }) => equals(input.total, 5), one, two);
// @ts-expect-error a branch has to end
stocked.choose('size', ({ input }) => equals(input.total, 5), (flow) => flow, two); // biome-ignore format: one line
// @ts-expect-error steps of a branch do not leak
chosen.returns(({ inner }) => inner);
const large = ({ input }: { input: Reference<{ total: number }> & { total: Reference<number> } }) =>
  equals(input.total, 5);
stocked.choose('size', large, (flow) => flow.step('other', printLabel, () => ({ holdId: '' })).returns(() => 1), two);
// @ts-expect-error a step of a branch may not hide one from outside
stocked.choose('size', large, (flow) => flow.step('stock', printLabel, () => ({ holdId: '' })).returns(() => 1), two);

const reviewed = stocked.choose(
  'review',
  ({ input }) => equals(input.total, 0),
  (gift) => gift.decline('NoGifts', ({ input }) => ({ orderId: input.orderId })),
  (sale) => sale.returns(() => ({ accepted: true })),
);
exactly<Equal<ScopeOf<typeof reviewed>['review'], { accepted: true }>>();
const free = ({ input }: { input: { total: Reference<number> } }) => equals(input.total, 0);
stocked.choose('review', free, (gift) => gift.decline('NoGifts', () => ({ why: 'policy' })), two);
// @ts-expect-error the payload of a decline is an object
stocked.choose('review', free, (gift) => gift.decline('NoGifts', () => 'policy'), two);

// ---------- emit and send ----------
stocked.emit(orderShipped, ({ input }) => ({ orderId: input.orderId }));
// @ts-expect-error the payload lacks a field
stocked.emit(orderShipped, () => ({}));
// @ts-expect-error the payload has a field of another type
stocked.emit(orderShipped, ({ input }) => ({ orderId: input.total }));
// @ts-expect-error an event has no value
stocked.emit(orderShipped, ({ input }) => ({ orderId: input.orderId })).returns(({ orderShipped }) => orderShipped);
stocked.send('receipt', mailReceipt, ({ input }) => ({ orderId: input.orderId }));
// @ts-expect-error nobody waits to hear of its declared failures
stocked.send('payment', chargeCard, ({ input }) => ({ orderId: input.orderId, amount: input.total }));
// @ts-expect-error what is sent has no value
stocked.send('receipt', mailReceipt, ({ input }) => ({ orderId: input.orderId })).returns(({ receipt }) => receipt);

// ---------- a whole workflow ----------
const whole = stocked
  .step('payment', chargeCard, ({ input }) => ({ orderId: input.orderId, amount: input.total }))
  .returns(({ payment, input, stock }) => ({
    payment,
    first: input.lines.at(0),
    note: input.note,
    all: [stock.holdId, 'x'],
    fixed: 'text',
  }));
exactly<Equal<InputOf<typeof whole>, z.input<typeof Order>>>();
exactly<
  Equal<
    OutputOf<typeof whole>,
    {
      payment: { chargeId: string; amount: number };
      first: { sku: string; quantity: number } | undefined;
      note: string | undefined;
      all: string[];
      fixed: 'text';
    }
  >
>();
exactly<Equal<OutputOf<ReturnType<typeof byReference>>, string>>();
const byReference = () => stocked.returns(({ stock }) => stock.holdId);
workflow('ship-order', Order, options).step('risk', assessRisk, ({ input }) => ({ total: input.total }));
// @ts-expect-error an objective is missing
workflow('ship-order', orderPlaced, { version: '1.0.0', deadline: seconds(1) });
// @ts-expect-error a bare number says no unit
workflow('ship-order', orderPlaced, { ...options, deadline: 900 });
// @ts-expect-error a reference is no text
export const misused: string = null as unknown as Reference<string>;

// ---------- what a schema parses ----------
const country = contract({
  name: 'find-country',
  version: '1.0.0',
  summary: 'Input and what the handler gets may differ.',
  input: z.object({ code: z.string().default('DE'), since: z.iso.date().transform((text) => new Date(text)) }),
  output: z.object({ at: z.date().transform((date) => date.getTime()) }),
  failures: { NoSuchCountry: z.object({ code: z.string() }) },
  effect: pure,
});
const found = begin().step('country', country, () => ({ since: '2026-01-01' }));
exactly<Equal<ScopeOf<typeof found>['country'], { at: number }>>();
// @ts-expect-error a workflow passes what goes into the schema, not what comes out
begin().step('country', country, () => ({ since: new Date() }));
serve(country, ({ code, since }) => {
  exactly<Equal<[typeof code, typeof since], [string, Date]>>();
  return { at: since };
});
// @ts-expect-error a handler returns what goes into the output's schema
serve(country, () => ({ at: 7 }));

// ---------- handlers ----------
serve(chargeCard, async (charge, { fail, provider }) => {
  exactly<Equal<typeof charge, { orderId: string; amount: number }>>();
  const answer = await provider.post('/charges', charge);
  if (answer.status === 402) return fail('CardDeclined', { reason: 'empty' });
  return answer.status === 409 ? fail('CardDeclined', answer.body) : answer.body;
});
serve(chargeCard, ({ amount }) => ({ chargeId: 'c', amount }));
// @ts-expect-error the output lacks a field
serve(chargeCard, () => ({ chargeId: 'c' }));
// @ts-expect-error the output has a field of another type
serve(chargeCard, async () => ({ chargeId: 'c', amount: '1' }));
// @ts-expect-error the failure is not declared
serve(chargeCard, (_, { fail }) => fail('OutOfStock', { sku: 'mug' }));
// @ts-expect-error the failure's payload is another one
serve(chargeCard, (_, { fail }) => fail('CardDeclined', { why: 'empty' }));
// @ts-expect-error nothing is returned
serve(chargeCard, async () => {});
// @ts-expect-error the input has no such field
serve(chargeCard, ({ currency, amount }) => ({ chargeId: currency, amount }));
// @ts-expect-error an atom without declared failures has none to return
serve(printLabel, (_, { fail }) => fail('NoPaper', {}));

serve(reserveStock, (_, { fail }) => ({
  output: { holdId: 'h' },
  writes: [{ Put: { TableName: 't', Item: {} }, otherwise: fail('OutOfStock', { sku: 'mug' }) }],
}));
serve(reserveStock, async (_, { fail }) => fail('OutOfStock', { sku: 'mug' }));
// @ts-expect-error a transaction returns { output, writes }
serve(reserveStock, () => ({ holdId: 'h' }));
// @ts-expect-error its output is checked like any other
serve(reserveStock, () => ({ output: { hold: 'h' }, writes: [] }));
// @ts-expect-error a write is one of Put, Update, Delete, ConditionCheck
serve(reserveStock, () => ({ output: { holdId: 'h' }, writes: [{ Insert: {} }] }));

serve(refundCard, ({ input, output }) => {
  exactly<Equal<typeof input, { orderId: string; amount: number }>>();
  exactly<Equal<typeof output, { chargeId: string; amount: number }>>();
  return { refundId: output.chargeId };
});

// ---------- contracts ----------
// @ts-expect-error an example's input keeps the schema
contract({ ...printLabelDefinition(), examples: [{ input: { hold: 'h' }, output: { labelId: 'l' } }] });
// @ts-expect-error an example's output keeps the schema
contract({ ...printLabelDefinition(), examples: [{ input: { holdId: 'h' }, output: { label: 'l' } }] });
contract({ ...printLabelDefinition(), examples: [{ input: { holdId: 'h' }, output: { labelId: 'l' } }] });
// @ts-expect-error a keyed effect says how long the provider remembers
contract({ ...printLabelDefinition(), effect: keyed({}) });
contract({ ...printLabelDefinition(), effect: transaction });

function printLabelDefinition() {
  return {
    name: 'print',
    version: '1.0.0',
    summary: '',
    input: z.object({ holdId: z.string() }),
    output: z.object({ labelId: z.string() }),
    effect: keyed({ keyLifetime: days(1) }),
  };
}

// ---------- a long workflow keeps its types ----------
const long = begin()
  .step('s0', assessRisk, () => ({ total: 1 }))
  .step('s1', assessRisk, ({ s0 }) => ({ total: s0.score }))
  .step('s2', assessRisk, ({ s1 }) => ({ total: s1.score }))
  .step('s3', assessRisk, ({ s2 }) => ({ total: s2.score }))
  .step('s4', assessRisk, ({ s3 }) => ({ total: s3.score }))
  .step('s5', assessRisk, ({ s4 }) => ({ total: s4.score }))
  .step('s6', assessRisk, ({ s5 }) => ({ total: s5.score }))
  .step('s7', assessRisk, ({ s6 }) => ({ total: s6.score }))
  .step('s8', assessRisk, ({ s7 }) => ({ total: s7.score }))
  .step('s9', assessRisk, ({ s8 }) => ({ total: s8.score }))
  .returns(({ s0, s9 }) => [s0.level, s9.hint]);
exactly<Equal<OutputOf<typeof long>, ('low' | 'high' | string | undefined)[]>>();
