import { describe, expect, test } from '@jest/globals';
import { fulfilOrder } from '../../state-machines/orders/fulfil-order/workflow.ts';
import { bookParcel, cancelParcel, mailReceipt, wireMoney } from '../../test/fakes/atoms.ts';
import { type TaskError, walk } from '../../test/fakes/walk.ts';
import { begin, branching, straight } from '../../test/fakes/workflows.ts';
import { equals } from '../workflow/index.ts';
import { compile } from './index.ts';

const order = { orderId: 'o-1', total: 30, lines: [] };
const results = {
  risk: { Payload: { level: 'low', score: 1 } },
  stock: { holdId: 'h-1' },
  payment: { chargeId: 'c-1' },
  label: { labelId: 'l-1' },
};
const settled = { Payload: { happened: true, reason: 'done' } };
const lost: TaskError = { error: 'States.Timeout' };
const declined = (name: string): TaskError => ({ error: `Declared.${name}`, cause: '{"why":"x"}' });

/** What an order goes through, in one line: its states behind the given one, and its end. */
async function wayBack(tasks: Record<string, unknown>, from: string): Promise<string> {
  const { states, end } = await walk(compile(straight.plan).machine, { input: order, tasks: { ...results, ...tasks } });
  return `${states.slice(states.indexOf(from) + 1).join(' ')} → ${'error' in end ? end.error : (end.output as { status: string }).status}`;
}

test('an order without trouble enters one state a step, and ends with its value', async () => {
  const { states, end } = await walk(compile(straight.plan).machine, { input: order, tasks: results });
  expect(states).toEqual(['risk', 'stock', 'payment', 'label', 'orderShipped', 'receipt']);
  expect(end).toEqual({ output: { status: 'succeeded', value: { chargeId: 'c-1', labelId: 'l-1' } } });
});

describe('each step that fails is followed by exactly these states', () => {
  test.each<readonly [string, string, TaskError, string]>([
    ['a pure step that fails for good', 'risk', lost, 'how-it-ended end-failed → Compensated.States.Timeout'],
    ['no stock', 'stock', declined('OutOfStock'), 'how-it-ended end-declined → declined'],
    ['stock unknown', 'stock', lost, 'settle-stock undo-stock how-it-ended end-failed → Compensated.States.Timeout'],
    ['a declined card', 'payment', declined('CardDeclined'), 'undo-stock how-it-ended end-declined → declined'],
    [
      'a payment that is unknown',
      'payment',
      { error: 'Transient' },
      'settle-payment undo-payment undo-stock how-it-ended end-failed → Compensated.Transient',
    ],
    [
      'a payment that broke its contract after it was done',
      'payment',
      { error: 'Contract' },
      'settle-payment undo-payment undo-stock how-it-ended end-failed → Compensated.Contract',
    ],
    [
      'a payment that was fenced',
      'payment',
      { error: 'Fenced' },
      'settle-payment undo-payment undo-stock how-it-ended end-failed → Compensated.Fenced',
    ],
    [
      'a failure that the atom does not declare',
      'payment',
      declined('OutOfStock'),
      'settle-payment undo-payment undo-stock how-it-ended end-failed → Compensated.Declared.OutOfStock',
    ],
    [
      'a label that is unknown and cannot be undone',
      'label',
      lost,
      'settle-label undo-payment undo-stock how-it-ended end-failed → Compensated.States.Timeout',
    ],
    [
      'an event that is not taken',
      'orderShipped',
      { error: 'EventBridge.FailedEntry' },
      'park-orderShipped receipt → succeeded',
    ],
    ['a receipt that is not sent', 'receipt', { error: 'Sqs.SqsException' }, 'park-receipt → succeeded'],
  ])('%s', async (_, step, failure, expected) => {
    const settle = { [`settle-${step}`]: settled };
    expect(await wayBack({ ...settle, [step]: failure }, step)).toBe(expected);
  });
});

describe('a step is settled by what its effect can leave behind', () => {
  const each = begin()
    .step('parcel', bookParcel, ({ input }) => ({ orderId: input.orderId }), { undo: cancelParcel })
    .step('mail', mailReceipt, ({ input }) => ({ orderId: input.orderId }))
    .step('money', wireMoney, ({ input }) => ({ orderId: input.orderId }))
    .returns(({ parcel }) => parcel);
  const given = { parcel: { parcelId: 'p-1' }, mail: { messageId: 'm-1' }, money: { faxed: 'f-1' } };
  const unknown = { Payload: { happened: 'unknown', reason: 'the provider can neither deduplicate nor be asked' } };
  const undone = 'undo-parcel how-it-ended';

  test.each<readonly [string, string, Record<string, unknown>, string]>([
    [
      'looked up: settled, then undone',
      'parcel',
      { parcel: lost, 'settle-parcel': settled },
      `settle-parcel ${undone} end-failed`,
    ],
    [
      'looked up and declined: nothing to undo',
      'parcel',
      { parcel: declined('NoCarrier') },
      'how-it-ended end-declined',
    ],
    ['unguarded and harmless: nothing to settle', 'mail', { mail: lost }, `${undone} end-failed`],
    [
      'unguarded and harmful: settled, and parked for a person because nobody can tell',
      'money',
      { money: { error: 'OutcomeUnknown' }, 'settle-money': unknown },
      `settle-money ${undone} park-all end-failed`,
    ],
  ])('%s', async (_, from, tasks, expected) => {
    const { states } = await walk(compile(each.plan).machine, { input: order, tasks: { ...given, ...tasks } });
    expect(states.slice(states.indexOf(from) + 1).join(' ')).toBe(expected);
  });

  test('by the undo machine, too', async () => {
    const { states } = await walk(compile(each.plan).undoMachine, {
      input: { execution: 'o-1', executionArn: 'arn:of:o-1', status: 'ABORTED' },
      tasks: { 'inspect-execution': { Payload: { running: false, reached: false } } },
    });
    expect(states.join(' ')).toContain(`settle-money settle-parcel ${undone}`);
  });
});

describe('what cannot be settled or undone is parked while the others are still undone', () => {
  test.each<readonly [string, Record<string, unknown>, string, readonly (readonly [string, string, string])[]]>([
    [
      'an undo that fails',
      { payment: declined('CardDeclined'), 'undo-stock': { error: 'Transient', cause: 'no answer' } },
      'undo-stock how-it-ended park-all end-failed → Parked.Declared.CardDeclined',
      [['stock', 'undo', 'Transient']],
    ],
    [
      'a settle that fails',
      { payment: lost, 'settle-payment': { error: 'Transient' } },
      'settle-payment undo-payment undo-stock how-it-ended park-all end-failed → Parked.States.Timeout',
      [['payment', 'settle', 'Transient']],
    ],
    [
      'a settle that stays unknown',
      { payment: lost, 'settle-payment': { Payload: { happened: 'unknown', reason: 'forgotten' } } },
      'settle-payment undo-payment undo-stock how-it-ended park-all end-failed → Parked.States.Timeout',
      [['payment', 'settle', 'OutcomeUnknown']],
    ],
    [
      'all at once',
      {
        payment: lost,
        'settle-payment': { error: 'Transient' },
        'undo-payment': { error: 'OutcomeUnknown' },
        'undo-stock': { error: 'Fenced' },
      },
      'settle-payment undo-payment undo-stock how-it-ended park-all end-failed → Parked.States.Timeout',
      [
        ['payment', 'settle', 'Transient'],
        ['payment', 'undo', 'OutcomeUnknown'],
        ['stock', 'undo', 'Fenced'],
      ],
    ],
  ])('%s', async (_, tasks, expected, parked) => {
    expect(await wayBack(tasks, 'payment')).toBe(expected);
    const walked = await walk(compile(straight.plan).machine, { input: order, tasks: { ...results, ...tasks } });
    const message = walked.asked['park-all'] as { MessageBody: { input: { parked: object[]; executionArn: string } } };
    const { input } = message.MessageBody;
    expect(input.parked).toEqual(parked.map(([step, verb, error]) => expect.objectContaining({ step, verb, error })));
    expect(input.executionArn).toBe('arn:execution');
  });

  test('parking that fails ends the execution uncompensated, so that the undo machine takes over', async () => {
    const tasks = { payment: lost, 'undo-payment': { error: 'Fenced' }, 'park-all': { error: 'Sqs.SqsException' } };
    expect(await wayBack(tasks, 'undo-stock')).toBe('how-it-ended park-all → Sqs.SqsException');
  });
});

describe('the ends', () => {
  const ending = async (tasks: Record<string, unknown>) =>
    (await walk(compile(straight.plan).machine, { input: order, tasks: { ...results, ...tasks } })).end;

  test('an order that was declined says by which step, why, and with what', async () => {
    expect(await ending({ payment: declined('CardDeclined') })).toEqual({
      output: { status: 'declined', failure: { step: 'payment', name: 'CardDeclined', cause: '{"why":"x"}' } },
    });
  });

  test('an order that failed says by which step, why, and that nothing is parked', async () => {
    const end = (await ending({
      payment: { error: 'Transient', cause: 'no answer' },
      'settle-payment': settled,
    })) as TaskError;
    expect(JSON.parse(end.cause ?? '')).toEqual({
      Error: 'Transient',
      Cause: 'no answer',
      step: 'payment',
      declined: false,
      parked: [],
    });
  });

  test('a cause stays below what Step Functions takes, however much is parked', async () => {
    const huge = { error: 'Transient', cause: 'x'.repeat(32_000) };
    const end = (await ending({ payment: huge, 'settle-payment': huge, 'undo-payment': huge })) as TaskError;
    expect(end.cause?.length).toBe(32_000);
  });
});

describe('the cause of a decline is the payload as JSON, as that of a declared failure is', () => {
  test.each<readonly [string, (refs: { readonly input: { readonly note: unknown } }) => unknown, unknown]>([
    ['that is known', () => ({ why: 'policy', after: 3 }), { why: 'policy', after: 3 }],
    ['from the input', ({ input }) => ({ note: input.note }), { note: 'wrap "it"' }],
    ['that is missing', ({ input }) => ({ gift: (input as never as { gift: unknown }).gift }), {}],
  ])('%s', async (_, payload, expected) => {
    const declining = begin()
      .choose(
        'review',
        ({ input }) => equals(input.total, 30),
        (gift) => gift.decline('NoGifts', payload as never),
        (sale) => sale.returns(() => 'sale'),
      )
      .returns(({ review }) => review);
    const { end } = await walk(compile(declining.plan).machine, { input: { ...order, note: 'wrap "it"' } });
    const { failure } = (end as { output: { failure: { cause: string } } }).output;
    expect(JSON.parse(failure.cause)).toEqual(expected);
  });
});

describe('a workflow that branches', () => {
  const { machine } = compile(branching.plan);
  const high = { ...results, risk: { Payload: { level: 'high', score: 90 } }, fee: { chargeId: 'fee-1' } };

  test.each<readonly [string, object, Record<string, unknown>, string]>([
    ['the low way', { total: 3 }, results, 'risk review stock gift label size orderShipped'],
    ['the high way', { total: 1_000 }, high, 'risk review fee appeal stock gift label size receipt'],
    [
      'the way that declines, which undoes its own step',
      { total: 30 },
      high,
      'risk review fee appeal undo-fee how-it-ended end-declined',
    ],
    [
      'a step behind the branch that is declined, which asks to undo the step of the way not taken as well',
      { total: 3 },
      { ...results, stock: declined('OutOfStock') },
      'risk review stock undo-fee how-it-ended end-declined',
    ],
    [
      'a step of the branch that is unknown',
      { total: 1_000 },
      { ...high, fee: lost, 'settle-fee': settled },
      'risk review fee settle-fee undo-fee how-it-ended end-failed',
    ],
  ])('%s', async (_, input, tasks, expected) => {
    const { states } = await walk(machine, { input: { ...order, ...input }, tasks });
    expect(states.join(' ')).toBe(expected);
  });

  test('declines with what the steps of its branch gave', async () => {
    const { end } = await walk(machine, { input: order, tasks: high });
    expect(end).toEqual({
      output: {
        status: 'declined',
        failure: { step: 'appeal', name: 'TooRisky', cause: '{"score":90,"fee":"fee-1"}' },
      },
    });
  });

  test.each<readonly [string, object, Record<string, unknown>, unknown]>([
    ['missing values', { total: 3 }, results, { reference: 'none', size: 'small', all: [null, 'small'] }],
    [
      'values of a nested branch',
      { total: 2_000, gift: { text: 'hi' } },
      high,
      { reference: 'fee-1', gift: 'hi', size: 'large', all: ['hi', 'large'] },
    ],
  ])('returns %s', async (_, input, tasks, expected) => {
    const { end } = await walk(machine, { input: { ...order, ...input }, tasks });
    expect(end).toEqual({
      output: { status: 'succeeded', value: { label: { labelId: 'l-1' }, ...(expected as object) } },
    });
  });
});

describe('fulfil-order', () => {
  const placed = {
    orderId: 'o-1',
    customerId: 'c-1',
    email: 'ann@example.com',
    card: 'tok_visa',
    country: 'DE',
    lines: [{ sku: 'mug', quantity: 1, unitPrice: 100 }],
  };
  const good = {
    price: { Payload: { total: 590 } },
    risk: { Payload: { level: 'low', score: 0, reasons: [] } },
    stock: { holdId: 'h-1' },
    payment: { chargeId: 'c-1' },
    shipment: { shipmentId: 's-1' },
  };
  const risky = { Payload: { level: 'high', score: 90, reasons: ['a throw-away mail address'] } };

  test.each<readonly [string, Record<string, unknown>, string, string]>([
    ['in order', {}, 'price risk review stock payment shipment orderFulfilled receipt', 'succeeded'],
    ['too risky', { risk: risky }, 'price risk review how-it-ended end-declined', 'declined'],
    [
      'out of stock',
      { stock: declined('OutOfStock') },
      'price risk review stock how-it-ended end-declined',
      'declined',
    ],
    [
      'whose card is declined',
      { payment: declined('CardDeclined') },
      'price risk review stock payment undo-stock how-it-ended end-declined',
      'declined',
    ],
    [
      'that no carrier takes',
      { shipment: declined('NoCarrier') },
      'price risk review stock payment shipment undo-payment undo-stock how-it-ended end-declined',
      'declined',
    ],
    [
      'whose shipment is unknown',
      { shipment: lost, 'settle-shipment': settled },
      'price risk review stock payment shipment settle-shipment undo-shipment undo-payment undo-stock how-it-ended end-failed',
      'Compensated.States.Timeout',
    ],
  ])('an order %s goes this way', async (_, tasks, states, expected) => {
    const walked = await walk(compile(fulfilOrder.plan).machine, { input: placed, tasks: { ...good, ...tasks } });
    const { end } = walked;
    expect(walked.states.join(' ')).toBe(states);
    expect('error' in end ? end.error : (end.output as { status: string }).status).toBe(expected);
  });
});
