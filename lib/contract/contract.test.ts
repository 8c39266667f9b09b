import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import {
  type AnyContract,
  brokenPreconditions,
  ContractDefinitionError,
  compensation,
  contract,
  contractId,
  days,
  declaredErrorName,
  dependency,
  event,
  isCalledDirectly,
  isUndoable,
  keyed,
  leavesSomething,
  lookup,
  majorId,
  majorOf,
  milliseconds,
  minutes,
  parse,
  pure,
  seconds,
  stepTimes,
  table,
  transaction,
  undoPath,
  unguarded,
} from './index.ts';

const definition = {
  name: 'charge-card',
  version: '1.2.3',
  summary: 'Charges a card.',
  input: z.object({ amount: z.int() }),
  output: z.object({ chargeId: z.string() }),
  effect: keyed({ keyLifetime: days(1) }),
};
const chargeCard = contract(definition);

describe('a contract that leaves everything optional out', () => {
  test('has ten seconds, and declares no failure, dependency, resource or example', () => {
    expect(chargeCard).toMatchObject({ timeout: seconds(10), failures: {}, uses: [], examples: [] });
    expect(chargeCard).not.toHaveProperty('dependency');
    expect(chargeCard).not.toHaveProperty('undoes');
  });

  test('cannot be changed', () => {
    expect(() => Object.assign(chargeCard, { name: 'other' })).toThrow(TypeError);
    expect(() => (chargeCard.uses as unknown[]).push(1)).toThrow(TypeError);
    expect(() => (chargeCard.examples as unknown[]).push(1)).toThrow(TypeError);
  });
});

describe('a contract declared wrongly is refused where it is declared, with what to write', () => {
  const cases: readonly (readonly [string, object, string])[] = [
    [
      'a name with capitals',
      { name: 'chargeCard' },
      'Contract "chargeCard": Its name becomes part of ARNs and queue names. Use lower-case words joined by hyphens, at most 48 characters, such as charge-payment.',
    ],
    [
      'a name of 49 characters',
      { name: 'a'.repeat(49) },
      `Contract "${'a'.repeat(49)}": Its name becomes part of ARNs and queue names. Use lower-case words joined by hyphens, at most 48 characters, such as charge-payment.`,
    ],
    [
      'a version with a tag',
      { version: '1.0.0-beta' },
      'Contract "charge-card": The version is "1.0.0-beta". Write a semantic version of three numbers, such as 1.0.0.',
    ],
    [
      'a version of two numbers',
      { version: '1.0' },
      'Contract "charge-card": The version is "1.0". Write a semantic version of three numbers, such as 1.0.0.',
    ],
    [
      'a time-out below a second',
      { timeout: milliseconds(500) },
      'Contract "charge-card": Its timeout is 500 ms. Choose 1 second to 10 minutes: a Lambda runs for 15 minutes at most, and answering takes time as well.',
    ],
    [
      'a time-out of more than ten minutes',
      { timeout: milliseconds(600_001) },
      'Contract "charge-card": Its timeout is 600001 ms. Choose 1 second to 10 minutes: a Lambda runs for 15 minutes at most, and answering takes time as well.',
    ],
    [
      'a declared failure in camelCase',
      { failures: { cardDeclined: z.object({}) } },
      'Contract "charge-card": Its declared failure is called "cardDeclined". Name it in PascalCase, such as CardDeclined: it becomes the error name Declared.CardDeclined.',
    ],
    [
      'a transaction with a provider',
      { effect: transaction, dependency: dependency('payments') },
      'Contract "charge-card": A transaction commits writes to DynamoDB, and nothing that payments does is part of it. Split it: one atom that calls the provider (keyed), one that writes.',
    ],
  ];

  test('a provider that is quiet after more than ten minutes', () => {
    const declare = () => contract({ ...definition, effect: lookup({ quietAfter: milliseconds(600_001) }) });
    expect(declare).toThrow(ContractDefinitionError);
    expect(declare).toThrow(/Choose at most 10 minutes: settling asks again for half an hour/);
  });

  test.each([0, 600_000])('but not one that is quiet after %d ms', (quiet) => {
    const quietAfter = milliseconds(quiet);
    expect(contract({ ...definition, effect: lookup({ quietAfter }) }).effect).toEqual({ kind: 'lookup', quietAfter });
  });

  test('a provider that forgets a key before an attempt is over', () => {
    const brief = { effect: keyed({ keyLifetime: seconds(10) }), timeout: seconds(10) };
    expect(() => contract({ ...definition, ...brief })).toThrow(ContractDefinitionError);
  });

  test.each(cases)('%s', (_, wrong, message) => {
    const declare = () => contract({ ...definition, ...wrong });
    expect(declare).toThrow(ContractDefinitionError);
    expect(declare).toThrow(new Error(message));
  });

  test('the error has its subject and its remedy as fields', () => {
    const declare = () => contract({ ...definition, version: 'one' });
    expect(declare).toThrow(
      expect.objectContaining({
        name: 'ContractDefinitionError',
        subject: 'Contract "charge-card"',
        fix: 'Write a semantic version of three numbers, such as 1.0.0.',
      }) as never,
    );
  });

  test.each([
    ['event', () => event({ name: 'OrderPlaced', version: '1.0.0', payload: z.object({}) }), 'Event "OrderPlaced"'],
    [
      'event version',
      () => event({ name: 'order-placed', version: 'v1', payload: z.object({}) }),
      'Event "order-placed": The version is "v1"',
    ],
    ['table', () => table('Stock', { partitionKey: 'sku' }), 'Table "Stock"'],
    ['dependency', () => dependency('card_network'), 'Dependency "card_network"'],
  ])('a wrong name of an %s names what it is', (_, declare, subject) => {
    expect(declare).toThrow(ContractDefinitionError);
    expect(declare).toThrow(subject);
  });
});

describe('preconditions', () => {
  const holds = ({ amount }: { amount: number }) => amount > 0;
  const otherwise = 'An order of nothing is not charged: leave the step out.';

  test('are none when left out', () => {
    expect(chargeCard.preconditions).toEqual({});
  });

  test('are kept with what people are told', () => {
    const preconditions = { chargesSomething: { holds, otherwise } };
    expect(contract({ ...definition, preconditions }).preconditions).toEqual(preconditions);
  });

  test.each([
    [
      'a name in PascalCase',
      'ChargesSomething',
      otherwise,
      'Its precondition is called "ChargesSomething". Name it in camelCase, such as chargesSomething: the name stands in errors and logs.',
    ],
    [
      'nothing to say',
      'chargesSomething',
      ' ',
      'Its precondition chargesSomething says nothing to those who break it. Write a sentence into otherwise: what is allowed, what to change.',
    ],
  ])('with %s are refused', (_, name, told, message) => {
    const declare = () => contract({ ...definition, preconditions: { [name]: { holds, otherwise: told } } });
    expect(declare).toThrow(ContractDefinitionError);
    expect(declare).toThrow(new Error(`Contract "charge-card": ${message}`));
  });

  test('that do not hold are told by name; one that throws does not hold, and says why', () => {
    const all = {
      chargesSomething: { holds, otherwise },
      hasOwner: {
        holds: (): boolean => {
          throw new TypeError('no owner');
        },
        otherwise: 'Somebody owns it.',
      },
    };
    expect(brokenPreconditions(all, { amount: 0 })).toEqual([
      { path: '', message: `chargesSomething: ${otherwise}`, received: '{"amount":0}' },
      { path: '', message: 'hasOwner: Somebody owns it. (It could not be told: no owner)', received: '{"amount":0}' },
    ]);
    expect(brokenPreconditions({ chargesSomething: all.chargesSomething }, { amount: 1 })).toEqual([]);
  });
});

test.each([
  ['pure', pure, { leaves: false, undoable: false }],
  ['transaction', transaction, { leaves: true, undoable: true }],
  ['keyed', keyed({ keyLifetime: days(1) }), { leaves: true, undoable: true }],
  [
    'keyed with find',
    keyed({ keyLifetime: days(1), find: true, quietAfter: seconds(1) }),
    { leaves: true, undoable: true },
  ],
  ['lookup', lookup({ quietAfter: seconds(1) }), { leaves: true, undoable: true }],
  ['unguarded and harmful', unguarded({ duplicates: 'harmful' }), { leaves: true, undoable: false }],
  ['unguarded and harmless', unguarded({ duplicates: 'harmless' }), { leaves: false, undoable: false }],
])('what of a step that is %s has to be settled, and can be undone', (_, effect, { leaves, undoable }) => {
  expect([leavesSomething(effect), isUndoable(effect)]).toEqual([leaves, undoable]);
});

test.each([
  ['pure', pure],
  ['transaction', transaction],
  ['keyed', keyed({ keyLifetime: days(1) })],
  ['keyed with find', keyed({ keyLifetime: days(1), find: true, quietAfter: seconds(1) })],
  ['lookup', lookup({ quietAfter: seconds(1) })],
  ['none', unguarded({ duplicates: 'harmless' })],
])('the longest time-out that a %s contract may have fits into the 15 minutes of a Lambda', (_, effect) => {
  const accepted = [1, 10, 60, 80, 87, 88, 120, 300, 600].filter((limit) => {
    try {
      contract({ ...definition, effect, timeout: seconds(limit) });
      return true;
    } catch {
      return false;
    }
  });
  const longest = seconds(Math.max(...accepted));
  expect(stepTimes({ timeout: longest, effect }, 1).lambda.milliseconds).toBeLessThanOrEqual(minutes(15).milliseconds);
});

describe('a compensation', () => {
  const refundCard = compensation(chargeCard, {
    name: 'refund-card',
    version: '1.0.0',
    summary: 'Refunds a charge.',
    output: z.object({ refundId: z.string() }),
    effect: keyed({ keyLifetime: days(1) }),
  });

  test('says whose effect it takes back, and declares no failure', () => {
    expect(refundCard.undoes).toEqual({ name: 'charge-card', version: '1.2.3' });
    expect(refundCard.failures).toEqual({});
  });

  test('takes the input and the output of the step as they are', async () => {
    const given = { input: { amount: 1 }, output: { chargeId: 'c' } };
    await expect(parse(refundCard.input, given, 'input')).resolves.toEqual(given);
  });

  test.each([[null], ['text'], [{ input: {} }], [{ output: {} }]])('refuses %j as its input', async (given) => {
    await expect(parse(refundCard.input, given, 'input')).rejects.toThrow(
      'expected { input, output } of the step to undo',
    );
  });

  test.each(['harmless', 'harmful'] as const)('of what nobody can tell of is refused, be it %s', (duplicates) => {
    const mail = contract({ ...definition, name: 'mail', effect: unguarded({ duplicates }) });
    expect(() => compensation(mail, { ...definition, name: 'unmail' })).toThrow(
      new Error(
        'Compensation "unmail": Nobody can tell whether the effect of mail happened, so it cannot be undone exactly. Use a provider that deduplicates by key (keyed) or that can be asked (lookup), or leave the compensation out.',
      ),
    );
  });

  test('of what is looked up is one', () => {
    const book = contract({ ...definition, name: 'book', effect: lookup({ quietAfter: seconds(1) }) });
    expect(compensation(book, { ...definition, name: 'cancel' }).undoes).toEqual({ name: 'book', version: '1.2.3' });
  });

  test('of a pure atom is refused: there is nothing to undo', () => {
    const price = contract({ ...definition, name: 'price', effect: pure });
    expect(() => compensation(price, { ...definition, name: 'unprice' })).toThrow(
      new Error(
        'Compensation "unprice": price is pure: it changes nothing. There is nothing to undo; remove the compensation.',
      ),
    );
  });
});

test('an atom is called directly only if it has neither an effect nor a failure to declare', () => {
  const declaring = { ...definition, failures: { Unknown: z.object({}) } };
  const contracts: AnyContract[] = [
    contract({ ...definition, effect: pure }) as AnyContract,
    contract({ ...declaring, effect: pure }) as AnyContract,
    contract(definition) as AnyContract,
  ];
  expect(contracts.map(isCalledDirectly)).toEqual([true, false, false]);
});

test('names derived from a contract are stable', () => {
  expect(contractId(chargeCard)).toBe('charge-card@1.2.3');
  expect(majorId({ name: 'charge-card', version: '12.3.4' })).toBe('charge-card-v12');
  expect(majorOf('12.3.4')).toBe(12);
  expect(declaredErrorName('CardDeclined')).toBe('Declared.CardDeclined');
  expect(undoPath('parcels#3/label')).toBe('parcels#3/label~undo');
});

test('a table tells which of its actions an atom uses', () => {
  const stock = table('stock', { partitionKey: 'sku' });
  expect(stock.allow('GetItem', 'UpdateItem')).toEqual({
    kind: 'table',
    table: stock,
    actions: ['GetItem', 'UpdateItem'],
  });
});

test('a table cannot bear the name under which the steps’ records are kept', () => {
  expect(() => table('records', { partitionKey: 'id' })).toThrow('The steps’ own records are kept under that name.');
});
