/** A contract is held on both sides of a handler; whoever breaks it is told what, where, and between whom. */
import { describe, expect, jest, test } from '@jest/globals';
import * as z from 'zod';
import { booking, Carrier, PARCEL, SHIPMENT } from '../../test/fakes/carrier.ts';
import { lambdaContext } from '../../test/fakes/delivery.ts';
import { KEY, stepStage } from '../../test/fakes/step-stage.ts';
import {
  contract,
  days,
  type Effect,
  keyed,
  lookup,
  pure,
  seconds,
  transaction,
  unguarded,
} from '../contract/index.ts';
import { betweenParties, ContractBroken, Transient } from './errors.ts';
import { serve } from './serve.ts';

const stage = stepStage();

const preconditions = {
  hasWeight: {
    holds: ({ weight }: { weight: number }) => weight > 0,
    otherwise: 'A parcel of nothing is not shipped: leave the step out.',
  },
};
const quoting = {
  name: 'book-shipment',
  version: '1.2.0',
  summary: 'Says what it would book, and declares no failure: it is called directly.',
  output: z.object({ shipmentId: z.string() }),
  effect: pure,
};
const weighing = contract({ ...quoting, input: z.object({ weight: z.int() }), preconditions });
const PARTIES =
  'Producer: ship-order:o-1/shipment, compiled against book-shipment@1.0.0. Consumer: book-shipment@1.2.0.';
const BROKEN = `The input of book-shipment@1.2.0 breaks its contract. the value: hasWeight: A parcel of nothing is not shipped: leave the step out. (received {"weight":0}). ${PARTIES}`;

const EFFECTS: readonly (readonly [string, Effect])[] = [
  ['keyed', keyed({ keyLifetime: days(1) })],
  ['lookup', lookup({ quietAfter: seconds(30) })],
  ['harmful', unguarded({ duplicates: 'harmful' })],
  ['harmless', unguarded({ duplicates: 'harmless' })],
];

describe('an input that breaks a precondition', () => {
  test.each(EFFECTS)('of a %s step is answered Contract before anything is touched', async (_, effect) => {
    const carrier = new Carrier();
    const atom = carrier.booking(effect, preconditions);
    const { heard, acknowledged } = await stage.deliver(atom, stage.message({ input: { weight: 0 } }));
    expect({ heard, acknowledged }).toEqual({
      heard: { error: 'Contract', cause: { message: BROKEN } },
      acknowledged: true,
    });
    expect([carrier.asked, stage.record(), stage.calls('UpdateItem')]).toEqual([[], undefined, []]);
  });

  test('of a transaction is answered Contract before its handler runs', async () => {
    const handler = jest.fn(() => ({ output: SHIPMENT, writes: [] }));
    const atom = serve(booking(transaction, preconditions), handler);
    const { heard } = await stage.deliver(atom, stage.message({ input: { weight: 0 } }));
    expect(heard).toEqual({ error: 'Contract', cause: { message: BROKEN } });
    expect([handler.mock.calls.length, stage.record()]).toEqual([0, undefined]);
  });

  test('of a pure atom fails its call', async () => {
    const handler = jest.fn(() => SHIPMENT);
    const atom = serve(weighing, handler);
    const call = atom(stage.message({ input: { weight: 0 } }), lambdaContext);
    await expect(call).rejects.toMatchObject({ name: 'Contract', message: BROKEN });
    expect(handler.mock.calls.length).toBe(0);
  });

  test('counts as no attempt: an earlier one stays as it was', async () => {
    const left = { status: 'INPROGRESS', owner: 'earlier', lease: 0, attempts: 1, input: PARCEL } as const;
    stage.leave(left);
    const atom = new Carrier().booking(keyed({ keyLifetime: days(1) }), preconditions);
    await stage.deliver(atom, stage.message({ input: { weight: 0 } }));
    expect(stage.record()).toEqual({ ...left, ...KEY, expiry: expect.any(Number) });
  });

  test('but was taken once does not stand in the way of finding out', async () => {
    const long = stage.now - 3_600_000;
    stage.leave({ status: 'INPROGRESS', lease: 0, attempts: 1, attemptEnds: long, input: { weight: 0 } });
    const atom = new Carrier().booking(lookup({ quietAfter: seconds(30) }), preconditions);
    expect(await stage.settle(atom)).toMatchObject({ happened: false });
  });

  test('of a step that is done is answered with what was done', async () => {
    stage.leave({ status: 'COMPLETED', attempts: 1, outcome: { value: SHIPMENT } });
    const atom = new Carrier().booking(keyed({ keyLifetime: days(1) }), preconditions);
    expect((await stage.deliver(atom, stage.message({ input: { weight: 0 } }))).heard).toEqual({ output: SHIPMENT });
  });

  test('is not asked for where the schema is broken already', async () => {
    const holds = jest.fn(() => true);
    const atom = new Carrier().booking(keyed({ keyLifetime: days(1) }), { never: { holds, otherwise: '…' } });
    await stage.deliver(atom, stage.message({ input: { weight: 'seven' } }));
    expect(holds.mock.calls.length).toBe(0);
  });
});

describe('a broken contract says between whom, in words and as fields', () => {
  const nested = contract({
    ...quoting,
    input: z.object({ lines: z.array(z.object({ quantity: z.int() })) }),
  });
  const parties = {
    producer: 'ship-order:o-1/shipment',
    compiledAgainst: 'book-shipment@1.0.0',
    consumer: 'book-shipment@1.2.0',
  };
  const called = async (atom: (event: unknown, lambda: typeof lambdaContext) => Promise<unknown>, more: object) =>
    atom(stage.message(more), lambdaContext).catch((error: unknown) => error) as Promise<ContractBroken>;

  test('its input', async () => {
    const error = await called(
      serve(nested, () => SHIPMENT),
      { input: { lines: [{ quantity: 1 }, { quantity: 'two' }] } },
    );
    expect(error).toMatchObject({
      ...parties,
      name: 'Contract',
      path: 'lines[1].quantity',
      issues: [{ path: 'lines[1].quantity', message: expect.any(String), received: '"two"' }],
      message: `The input of book-shipment@1.2.0 breaks its contract. lines[1].quantity: Invalid input: expected number, received string (received "two"). ${PARTIES}`,
    });
  });

  test('its output', async () => {
    const error = await called(
      serve(nested, () => ({ shipmentId: 7 }) as never),
      { input: { lines: [] } },
    );
    expect(error).toMatchObject({ ...parties, path: 'shipmentId', message: expect.stringContaining(PARTIES) });
  });

  test('a precondition, whose place is the value itself', async () => {
    const error = await called(
      serve(weighing, () => SHIPMENT),
      {
        input: { weight: 0 },
      },
    );
    expect(error).toMatchObject({ ...parties, path: '', issues: [{ path: '', received: '{"weight":0}' }] });
  });

  test('its version, which has no place', async () => {
    const error = await called(
      serve(nested, () => SHIPMENT),
      { contract: 'book-shipment@2.0.0', input: { lines: [] } },
    );
    expect(error).toMatchObject({ ...parties, compiledAgainst: 'book-shipment@2.0.0', path: undefined, issues: [] });
  });

  test('through a queue, in the words that the state machine hears', async () => {
    const atom = new Carrier().booking(keyed({ keyLifetime: days(1) }));
    const { heard } = await stage.deliver(atom, stage.message({ input: { weight: 'seven' } }));
    expect(heard).toEqual({
      error: 'Contract',
      cause: { message: expect.stringMatching(/weight: .* Consumer: book-shipment@1\.2\.0\.$/) },
    });
  });

  test('once: parties that were told stay, and other errors are themselves', () => {
    const told = betweenParties(new ContractBroken('No.'), parties);
    expect(betweenParties(told, { ...parties, producer: 'another' })).toBe(told);
    const other = new Transient('busy');
    expect(betweenParties(other, parties)).toBe(other);
  });
});
