import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import * as z from 'zod';
import { chargeCard, mailReceipt, reserveStock } from '../../test/fakes/atoms.ts';
import {
  type AnyContract,
  compensation,
  contract,
  days,
  defaults,
  type Effect,
  keyed,
  seconds,
  transaction,
} from '../contract/index.ts';
import { ContractBroken, Transient } from './errors.ts';
import { type Atom, parseInput, run } from './handler.ts';
import { DeclaredFailure } from './outcome.ts';

const key = { execution: 'ship-order:o-1', step: 'payment' };
const charge = { orderId: 'o-1', amount: 7 };
const perform = (atom: Atom, input: unknown = charge) => run(atom, input, { key, attempt: 1, correlationId: 'o-1' });
const charging = (handler: Atom['handler']): Atom => ({ contract: chargeCard as AnyContract, handler });
const reserving = (handler: Atom['handler']): Atom => ({ contract: reserveStock as AnyContract, handler });

describe('a handler', () => {
  test('gives its output as the schema has parsed it: what the contract does not know is left out', async () => {
    const atom = charging((input) => ({ chargeId: 'c', amount: (input as typeof charge).amount, card: '4242' }));
    expect(await perform(atom)).toEqual({ outcome: { value: { chargeId: 'c', amount: 7 } }, writes: [] });
  });

  test('of a transaction gives its writes beside', async () => {
    const writes = [{ Put: { TableName: 't', Item: { id: 1 } } }];
    expect(await perform(reserving(() => ({ output: { holdId: 'h' }, writes })))).toEqual({
      outcome: { value: { holdId: 'h' } },
      writes,
    });
  });

  test('may return a declared failure', async () => {
    const atom = charging((_, { fail }) => fail('CardDeclined', { reason: 'empty', internal: 1 } as never));
    expect(await perform(atom)).toEqual({
      outcome: { declined: { name: 'CardDeclined', payload: { reason: 'empty' } } },
      writes: [],
    });
  });

  test('that throws has thrown that', async () => {
    const atom = charging(() => {
      throw new RangeError('no');
    });
    await expect(perform(atom)).rejects.toThrow(new RangeError('no'));
  });
});

describe('a handler that breaks its contract is told so, whatever it did', () => {
  test.each<readonly [string, Atom, string]>([
    [
      'output',
      charging(() => ({ chargeId: 7, amount: 7 })),
      'The output of charge-card@1.0.0 breaks its contract. chargeId: Invalid input: expected string, received number (received 7)',
    ],
    [
      'nothing',
      charging(() => undefined),
      'The output of charge-card@1.0.0 breaks its contract. the value: Invalid input: expected object, received undefined (received nothing)',
    ],
    [
      'a failure that is not declared',
      charging(() => new DeclaredFailure('Stolen', {})),
      'charge-card@1.0.0 does not declare the failure Stolen; it declares CardDeclined.',
    ],
    [
      'a failure where none is declared',
      { contract: mailReceipt as AnyContract, handler: () => new DeclaredFailure('Bounced', {}) },
      'mail-receipt@1.0.0 does not declare the failure Bounced; it declares none.',
    ],
    [
      'a payload of another shape',
      charging(() => new DeclaredFailure('CardDeclined', { why: 'empty' })),
      'The payload of CardDeclined of charge-card@1.0.0 breaks its contract. reason: Invalid input: expected string, received undefined (received nothing)',
    ],
    [
      'a failure named like what every object has',
      charging(() => new DeclaredFailure('constructor', {})),
      'charge-card@1.0.0 does not declare the failure constructor; it declares CardDeclined.',
    ],
    [
      'a transaction without writes',
      reserving(() => ({ holdId: 'h' })),
      'reserve-stock@1.0.0 is a transaction: its handler returns { output, writes }.',
    ],
    [
      'a transaction of nothing',
      reserving(() => null),
      'reserve-stock@1.0.0 is a transaction: its handler returns { output, writes }.',
    ],
  ])('%s', async (_, atom, message) => {
    const broken = perform(atom);
    await expect(broken).rejects.toThrow(ContractBroken);
    await expect(broken).rejects.toMatchObject({ message });
  });
});

describe('the time of a handler', () => {
  const brief = contract({ ...chargeCard, timeout: seconds(1) }) as AnyContract;

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
    delete process.env.BREAKWATER_TIME_SCALE;
  });

  /** What came of a run that never ends by itself, after so much time. */
  async function ranFor(milliseconds: number, contract: AnyContract): Promise<unknown> {
    const ran = perform({ contract, handler: () => new Promise(() => {}) }).catch((error: Error) => error.message);
    await jest.advanceTimersByTimeAsync(milliseconds);
    return Promise.race([ran, 'still running']);
  }

  test('over, it is Transient', async () => {
    expect(await ranFor(999, brief)).toBe('still running');
    expect(await ranFor(1_000, brief)).toBe('charge-card took longer than its 1000 ms.');
  });

  test('over, the handler is told through its signal', async () => {
    const { promise: told, resolve: tell } = Promise.withResolvers<unknown>();
    const handler: Atom['handler'] = (_, { signal }) => {
      signal.addEventListener('abort', () => tell(signal.reason));
      return new Promise(() => {});
    };
    perform({ contract: brief, handler }).catch(() => undefined);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await told).toBeInstanceOf(Transient);
  });

  test('is scaled like all times, and never below a second', async () => {
    process.env.BREAKWATER_TIME_SCALE = '0.1';
    const long = contract({ ...chargeCard, timeout: seconds(30) }) as AnyContract;
    expect(await ranFor(2_999, long)).toBe('still running');
    expect(await ranFor(3_000, long)).toBe('charge-card took longer than its 3000 ms.');
    expect(await ranFor(999, brief)).toBe('still running');
  });

  test('ends with the handler: nothing is left that keeps the process busy', async () => {
    await perform(charging(() => ({ chargeId: 'c', amount: 7 })));
    expect(jest.getTimerCount()).toBe(0);
  });
});

test('input that breaks its contract is refused before the handler sees it', async () => {
  const parsed = parseInput(chargeCard as AnyContract, { orderId: 'o-1', amount: '7' });
  await expect(parsed).rejects.toThrow(ContractBroken);
  await expect(parsed).rejects.toThrow(
    'The input of charge-card@1.0.0 breaks its contract. amount: Invalid input: expected number, received string (received "7")',
  );
});

test('what a compensation is given is never refused for its size, as the input of a step is', async () => {
  const note = contract({
    name: 'take-note',
    version: '1.0.0',
    summary: 'Takes a note.',
    input: z.object({ text: z.string() }),
    output: z.object({ noteId: z.string() }),
    effect: transaction,
  });
  const strike = compensation(note, {
    name: 'strike-note',
    version: '1.0.0',
    summary: 'Strikes a note.',
    output: z.object({ noteId: z.string() }),
    effect: transaction,
  });
  const large = { text: 'x'.repeat(defaults.inputBytes) };
  const given = { input: large, output: { noteId: 'n' } };
  await expect(parseInput(note as AnyContract, large)).rejects.toThrow(/has \d+ bytes; at most 153600 can be recorded/);
  expect(await parseInput(strike as AnyContract, given)).toEqual(given);
});

describe('what a handler returns is recorded', () => {
  const noting = (output: z.ZodType, effect: Effect = keyed({ keyLifetime: days(1) })) =>
    contract({
      name: 'take-note',
      version: '1.0.0',
      summary: 'Takes a note.',
      input: z.object({}),
      output,
      failures: { Full: z.object({}), Closed: z.object({}) },
      effect,
    }) as AnyContract;
  const returning = (returned: unknown, output: z.ZodType = z.unknown()) =>
    perform({ contract: noting(output), handler: () => returned }, {});

  test('as null where it is nothing, and as text where it is a date: as JSON has it', async () => {
    expect(await returning(undefined)).toMatchObject({ outcome: { value: null } });
    expect(await returning({ at: new Date(0), no: undefined })).toEqual({
      outcome: { value: { at: '1970-01-01T00:00:00.000Z' } },
      writes: [],
    });
  });

  test('up to 230 KiB, and not a byte more', async () => {
    const limit = defaults.recordedBytes;
    expect(await returning('x'.repeat(limit - 2))).toMatchObject({ writes: [] });
    await expect(returning('x'.repeat(limit - 1))).rejects.toMatchObject({
      name: 'Contract',
      message: `The output of take-note@1.0.0 has ${limit + 1} bytes; at most ${limit} can be recorded.`,
    });
  });

  test('and a failure that is not declared is told which are', async () => {
    await expect(returning(new DeclaredFailure('Burnt', {}))).rejects.toThrow(
      'take-note@1.0.0 does not declare the failure Burnt; it declares Full, Closed.',
    );
  });

  test.each([['a text'], [undefined], [7]])('and %p is no commit of a transaction', async (returned) => {
    const atom = { contract: noting(z.unknown(), transaction), handler: () => returned };
    await expect(perform(atom, {})).rejects.toMatchObject({
      name: 'Contract',
      message: 'take-note@1.0.0 is a transaction: its handler returns { output, writes }.',
    });
  });

  test('and a schema that stumbles over it breaks the contract, at no place that could be named', async () => {
    const stumbling = z.string().transform(() => {
      throw new RangeError('no such unit');
    });
    await expect(returning('x', stumbling)).rejects.toMatchObject({
      name: 'Contract',
      message: 'no such unit',
      issues: [],
      cause: new RangeError('no such unit'),
    });
  });
});
