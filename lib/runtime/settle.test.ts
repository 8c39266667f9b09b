/** What a settlement does at the edges: to the millisecond, and when others change the record at the same time. */
import { describe, expect, test } from '@jest/globals';
import { booking, Carrier, PARCEL, SHIPMENT } from '../../test/fakes/carrier.ts';
import { stepStage } from '../../test/fakes/step-stage.ts';
import { days, keyed, lookup, seconds } from '../contract/index.ts';
import type { StepRecord } from './record.ts';
import { serve } from './serve.ts';

const stage = stepStage();
const SKEW = 2_000;
const LEASE = 10_000;
const knowsKeys = keyed({ keyLifetime: days(1) });
const canBeAsked = lookup({ quietAfter: seconds(30) });

/** An attempt an hour ago, whose outcome nobody knows. */
const leftOpen = (more: Partial<StepRecord> = {}): void => {
  const long = stage.now - 3_600_000;
  const attempted = { attempts: 1, firstAttempt: long, attemptEnds: long + LEASE, input: PARCEL };
  stage.leave({ status: 'INPROGRESS', owner: 'earlier', lease: 0, ...attempted, ...more });
};
const changed = { name: 'Transient', message: 'The record changed meanwhile.' };

describe('a lease that has run out', () => {
  test('for no longer than clocks may differ counts as running: the settlement waits, and no other attempt begins', async () => {
    leftOpen({ lease: stage.now - SKEW });
    const carrier = new Carrier();
    await expect(stage.settle(carrier.booking(canBeAsked))).rejects.toMatchObject({
      name: 'Transient',
      message: `An attempt is running until ${new Date(stage.now).toISOString()}.`,
    });
    expect(stage.record()).toMatchObject({ fencing: true, owner: 'earlier' });
    expect(carrier.asked).toEqual([]);
  });

  test('a millisecond longer ago is over: the provider is asked', async () => {
    leftOpen({ lease: stage.now - SKEW - 1 });
    const carrier = new Carrier();
    expect(await stage.settle(carrier.booking(canBeAsked))).toMatchObject({ happened: false });
    expect(carrier.asked).toEqual(['find']);
  });
});

describe('a record that changes between being read and being written', () => {
  test('because another settlement takes it: this one is to be tried again, and asks nobody', async () => {
    leftOpen();
    const carrier = new Carrier();
    stage.fail(() => leftOpen({ owner: 'another', lease: stage.now + LEASE, fencing: true }));
    await expect(stage.settle(carrier.booking(canBeAsked))).rejects.toMatchObject(changed);
    expect(carrier.asked).toEqual([]);
    expect(stage.record()).toMatchObject({ owner: 'another', lease: stage.now + LEASE });
  });

  test('because an attempt begins where all others were taken back: the step is not fenced', async () => {
    leftOpen({ attempts: 0 });
    stage.fail(() => leftOpen({ lease: stage.now + LEASE }));
    await expect(stage.settle(new Carrier().booking(knowsKeys))).rejects.toMatchObject({
      ...changed,
      cause: { message: 'The record of ship-order:o-1/shipment is INPROGRESS.' },
    });
    expect(stage.record()).toMatchObject({ status: 'INPROGRESS', attempts: 1, lease: stage.now + LEASE });
  });

  test.each([
    ['takes it over', { attempts: 1 }],
    ['fences it', { attempts: 0 }],
  ])(
    'because another attempt had it until just now, by its own clock: this settlement neither waits nor %s',
    async (_, left) => {
      leftOpen(left);
      stage.fail(() => leftOpen({ ...left, owner: 'another', lease: stage.now - 1 }));
      const carrier = new Carrier();
      await expect(stage.settle(carrier.booking(canBeAsked))).rejects.toMatchObject(changed);
      expect([carrier.asked, stage.record()?.owner]).toEqual([[], 'another']);
    },
  );

  test('because a first attempt ends where there was none: what it came to is the settlement, and nothing is read for it', async () => {
    stage.fail(() => leftOpen({ status: 'COMPLETED', outcome: { value: SHIPMENT } }));
    const reads = stage.calls('GetItem').length;
    expect(await stage.settle(new Carrier().booking(knowsKeys))).toMatchObject({ happened: true });
    expect(stage.calls('GetItem').length - reads).toBe(1);
  });

  test('because it expires: that is no outcome', async () => {
    leftOpen();
    stage.fail(() => stage.expire());
    await expect(stage.settle(new Carrier().booking(canBeAsked))).rejects.toMatchObject({
      ...changed,
      cause: { name: 'Taken', message: 'The record of ship-order:o-1/shipment is absent.' },
    });
    expect(stage.record()).toBeUndefined();
  });

  test('because the attempt ends: what it came to is the settlement', async () => {
    leftOpen();
    stage.fail(() => leftOpen({ status: 'COMPLETED', outcome: { value: SHIPMENT } }));
    const carrier = new Carrier();
    expect(await stage.settle(carrier.booking(canBeAsked))).toMatchObject({ happened: true });
    expect(carrier.asked).toEqual([]);
  });
});

test('a settlement that another has overtaken while it asked writes nothing more, and says what the other found', async () => {
  leftOpen();
  const carrier = new Carrier();
  carrier.whenAsked = () => leftOpen({ status: 'COMPLETED', outcome: { fenced: 'by the other' } });
  const writes = stage.calls('UpdateItem').length;
  expect(await stage.settle(carrier.booking(canBeAsked))).toEqual({ happened: false, reason: 'by the other' });
  // The taking over, and the outcome, which is refused.
  expect(stage.calls('UpdateItem').length - writes).toBe(2);
});

test('a table that refuses the taking over has the settlement tried again, and nobody is asked', async () => {
  leftOpen();
  const carrier = new Carrier();
  stage.fail('throttled');
  await expect(stage.settle(carrier.booking(canBeAsked))).rejects.toMatchObject({ message: 'Slow down.' });
  expect(carrier.asked).toEqual([]);
});

test('a step that nobody attempted is left fenced: completed, with no attempt, no owner and no lease', async () => {
  const fenced = { status: 'COMPLETED', attempts: 0 };
  await stage.settle(new Carrier().booking(knowsKeys));
  expect(stage.record()).toMatchObject({ ...fenced, outcome: { fenced: 'settled before any attempt' } });
  leftOpen({ attempts: 0 });
  await stage.settle(new Carrier().booking(knowsKeys));
  expect(stage.record()).toMatchObject({ ...fenced, outcome: { fenced: 'every attempt was taken back' } });
  for (const field of ['owner', 'lease', 'fencing']) expect(stage.record()).not.toHaveProperty(field);
});

test('a settlement is in the log, with what it says', async () => {
  await stage.settle(new Carrier().booking(knowsKeys));
  expect(stage.lines).toMatchObject([
    { level: 'INFO', happening: 'settled', settlement: { happened: false, reason: 'no attempt was ever begun' } },
  ]);
});

test.each([
  [0, 'forgotten: the outcome is unknown', 'unknown'],
  [1, 'known still: the request is issued again', true],
])(
  'a key whose lifetime ends %d ms after the attempt that would be made, by the clock of whoever noted the first one, is %s',
  async (left, _, happened) => {
    leftOpen({ firstAttempt: stage.now + LEASE + SKEW - days(1).milliseconds + left });
    expect(await stage.settle(new Carrier().booking(knowsKeys))).toMatchObject({ happened });
  },
);

test('a request that is issued again to find out is one attempt more than there were', async () => {
  leftOpen({ attempts: 2 });
  const attempts: number[] = [];
  const atom = serve(booking(knowsKeys), (_, { attempt }) => {
    attempts.push(attempt);
    return SHIPMENT;
  });
  expect(await stage.settle(atom)).toMatchObject({ happened: true });
  expect(attempts).toEqual([3]);
});

test('an outcome of a kind that only a later version of the runtime knows is unknown, for a person', async () => {
  leftOpen({ status: 'COMPLETED', outcome: { postponed: 'to next year' } as never });
  expect(await stage.settle(new Carrier().booking(canBeAsked))).toEqual({
    happened: 'unknown',
    reason: 'the record says nothing that this runtime understands',
  });
});
