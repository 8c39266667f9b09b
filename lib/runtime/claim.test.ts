/** What a delivery does at the edges of its time, and what is told of it: each on the record that others have left. */
import { IdempotencyInconsistentStateError } from '@aws-lambda-powertools/idempotency';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { assessRisk } from '../../test/fakes/atoms.ts';
import { booking, Carrier, PARCEL, SHIPMENT } from '../../test/fakes/carrier.ts';
import { stepStage } from '../../test/fakes/step-stage.ts';
import { days, type Envelope, keyed, lookup, seconds, unguarded } from '../contract/index.ts';
import type { StepRecord } from './record.ts';
import { serve } from './serve.ts';

const stage = stepStage();
const SKEW = 2_000;
const LEASE = 10_000;
const knowsKeys = keyed({ keyLifetime: days(1) });
const canBeAsked = lookup({ quietAfter: seconds(30) });
const output = { output: SHIPMENT };

const message = (more: Partial<Envelope> = {}) => stage.message({ input: PARCEL, ...more });
const leave = (more: Partial<StepRecord> = {}): void =>
  stage.leave({ status: 'INPROGRESS', owner: 'earlier', lease: 0, attempts: 1, input: PARCEL, ...more });
const done = (more: Partial<StepRecord> = {}): void =>
  leave({ status: 'COMPLETED', outcome: { value: SHIPMENT }, ...more });

describe('a lease that has run out', () => {
  test.each([
    ['keyed', knowsKeys],
    ['lookup', canBeAsked],
  ])('for no longer than clocks may differ counts as running: a %s step waits', async (_, effect) => {
    leave({ lease: stage.now - SKEW, firstAttempt: stage.now - LEASE });
    const carrier = new Carrier();
    expect(await stage.deliver(carrier.booking(effect), message())).toEqual({
      heard: undefined,
      acknowledged: false,
      againIn: 0,
    });
    expect([carrier.asked, stage.record()?.owner, stage.calls('UpdateItem').length]).toEqual([[], 'earlier', 1]);
    expect(stage.lines).toMatchObject([
      {
        level: 'WARN',
        happening: 'waiting',
        error: { name: 'Running', message: `Another attempt is running until ${new Date(stage.now).toISOString()}.` },
      },
    ]);
  });

  test('a millisecond longer ago is over: the next attempt begins', async () => {
    leave({ lease: stage.now - SKEW - 1, firstAttempt: stage.now - LEASE });
    const carrier = new Carrier();
    expect((await stage.deliver(carrier.booking(knowsKeys), message())).heard).toEqual(output);
    expect([carrier.asked, stage.record()?.attempts]).toEqual([['do'], 2]);
  });

  test('and that another has taken just before this one asks is respected: it waits', async () => {
    leave();
    const carrier = new Carrier();
    stage.fail(undefined, () => leave({ owner: 'another', lease: stage.now + LEASE }));
    expect(await stage.deliver(carrier.booking(canBeAsked), message())).toMatchObject({
      heard: undefined,
      againIn: LEASE + SKEW,
    });
    expect([carrier.asked, stage.record()?.owner]).toEqual([[], 'another']);
  });
});

test('a lease that another has taken just before this one asks, and that ran out for no longer than clocks may differ, counts as running', async () => {
  leave();
  const carrier = new Carrier();
  stage.fail(undefined, () => leave({ owner: 'another', lease: stage.now - 1 }));
  expect((await stage.deliver(carrier.booking(canBeAsked), message())).heard).toBeUndefined();
  expect([carrier.asked, stage.record()?.owner]).toEqual([[], 'another']);
});

describe('a claim that comes late', () => {
  test('does not make the last attempt end earlier than it does: it is tried again', async () => {
    leave({ firstAttempt: stage.now - LEASE, attemptEnds: stage.now + LEASE + 1 });
    const carrier = new Carrier();
    expect((await stage.deliver(carrier.booking(knowsKeys), message())).heard).toMatchObject({ error: 'Transient' });
    expect([carrier.asked, stage.record()]).toMatchObject([
      [],
      { owner: 'earlier', attempts: 1, attemptEnds: stage.now + LEASE + 1 },
    ]);
  });

  test('after an attempt that ends no later than its own begins', async () => {
    leave({ firstAttempt: stage.now - LEASE, attemptEnds: stage.now + LEASE });
    const carrier = new Carrier();
    expect((await stage.deliver(carrier.booking(knowsKeys), message())).heard).toEqual(output);
    expect(stage.record()?.attempts).toBe(2);
  });
});

describe('a handler that throws what Powertools would try again', () => {
  const inconsistent = () => {
    throw new IdempotencyInconsistentStateError('of an idempotency of its own');
  };
  test.each([
    ['harmful when repeated', unguarded({ duplicates: 'harmful' })],
    ['keyed', knowsKeys],
  ])('runs once a delivery: %s', async (_, effect) => {
    let runs = 0;
    const atom = serve(booking(effect), () => {
      runs += 1;
      return inconsistent();
    });
    expect((await stage.deliver(atom, message())).heard).toMatchObject({ error: 'Transient' });
    expect([runs, stage.record()]).toMatchObject([1, { attempts: 1, lease: 0 }]);
  });

  test('and one that throws no Error at all is tried again by the state machine', async () => {
    const atom = serve(booking(knowsKeys), () => {
      throw 'a text';
    });
    expect((await stage.deliver(atom, message())).heard).toMatchObject({ error: 'Transient' });
    expect(stage.record()).toMatchObject({ attempts: 1, lease: 0 });
  });
});

describe('a delivery is in time', () => {
  test('at the last moment of its attempt, and of the step', async () => {
    const atom = new Carrier().booking(knowsKeys);
    const last = message({ notStartedAfter: stage.now, notAfter: stage.now });
    expect((await stage.deliver(atom, last)).heard).toEqual(output);
  });

  test('not a millisecond after the last moment of its attempt', async () => {
    const carrier = new Carrier();
    const late = message({ notStartedAfter: stage.now - 1 });
    expect((await stage.deliver(carrier.booking(knowsKeys), late)).heard).toBeUndefined();
    expect([carrier.asked, stage.lines]).toMatchObject([[], [{ happening: 'stale', Stale: 1 }]]);
  });
});

describe('a delivery whose attempt is over', () => {
  const late = () => message({ notStartedAfter: stage.now - 1 });

  test('of a step that is done is answered', async () => {
    done();
    expect((await stage.deliver(new Carrier().booking(knowsKeys), late())).heard).toEqual(output);
  });

  test('of a step that has been undone is refused', async () => {
    done({ undoneAt: 1 });
    expect((await stage.deliver(new Carrier().booking(knowsKeys), late())).heard).toEqual({
      error: 'Fenced',
      cause: { message: 'The step has been undone.' },
    });
  });

  test('of a pure atom does nothing', async () => {
    let runs = 0;
    const assess = serve(assessRisk, () => {
      runs += 1;
      return { level: 'low', score: 1 };
    });
    const asked = { contract: 'assess-risk@1.0.0', input: { total: 7 } };
    expect((await stage.deliver(assess, { ...late(), ...asked })).heard).toBeUndefined();
    expect([runs, stage.lines]).toMatchObject([0, [{ happening: 'stale' }]]);
    expect((await stage.deliver(assess, message(asked))).heard).toEqual({ output: { level: 'low', score: 1 } });
    expect(stage.lines).toMatchObject([{}, { happening: 'done' }]);
  });
});

describe('the line of a delivery', () => {
  test.each<readonly [string, () => void, object]>([
    ['that performs', () => undefined, { level: 'INFO', happening: 'done', heard: true }],
    ['of a step that is done', () => done(), { level: 'INFO', happening: 'replayed', heard: true }],
    [
      'of a step that was declined',
      () => done({ outcome: { declined: { name: 'NoCarrier', payload: { country: 'AQ' } } } }),
      { level: 'INFO', happening: 'replayed', answer: 'Declared.NoCarrier' },
    ],
    [
      'of a step that was settled as not happened',
      () => done({ outcome: { fenced: 'too late' } }),
      { level: 'INFO', happening: 'fenced', answer: 'Fenced', Fenced: 1 },
    ],
    [
      'of a step that has been undone',
      () => done({ undoneAt: 1 }),
      { level: 'WARN', happening: 'fenced', answer: 'Fenced', error: { name: 'Fenced' }, Fenced: 1 },
    ],
  ])('%s says so', async (_, given, line) => {
    given();
    await stage.deliver(new Carrier().booking(knowsKeys), message());
    expect(stage.lines).toMatchObject([line]);
  });
});

test.each([
  ['keyed', knowsKeys],
  ['lookup', canBeAsked],
])(
  'a delivery of a %s step that is done asks DynamoDB once: the refusal brings the record with it',
  async (_, effect) => {
    done();
    await stage.deliver(new Carrier().booking(effect), message());
    expect([stage.calls('UpdateItem').length, stage.calls('GetItem').length]).toEqual([1, 0]);
  },
);

test('a message that nobody waits for, of a step that was undone, is acknowledged and not dead-lettered', async () => {
  done({ undoneAt: 1 });
  const sent = { ...message(), token: undefined } as object as Envelope;
  expect(await stage.deliver(new Carrier().booking(knowsKeys), sent)).toMatchObject({ acknowledged: true });
  expect(stage.calls('SendMessage')).toEqual([]);
});

describe('a write that the table refuses for now', () => {
  const slow = { error: 'Transient', cause: { message: 'Slow down.' } };

  // The claim, which is refused where there is an open record; the taking to find; the next attempt; the outcome.
  test.each([
    ['the claim', false, ['throttled'], []],
    ['the taking to find', true, [undefined, 'throttled'], []],
    ['the beginning of the next attempt', true, [undefined, undefined, 'throttled'], ['find']],
    ['the outcome', true, [undefined, undefined, undefined, 'throttled'], ['find', 'do']],
  ] as const)('%s, is told as it is, and goes no further', async (_, open, faults, asked) => {
    if (open) leave({ attemptEnds: stage.now - days(1).milliseconds });
    const carrier = new Carrier();
    stage.fail(...faults);
    expect((await stage.deliver(carrier.booking(canBeAsked), message())).heard).toEqual(slow);
    expect(carrier.asked).toEqual(asked);
  });
});

describe('a record that changes', () => {
  const refuse = () => {
    throw new ConditionalCheckFailedException({ message: 'Refused', $metadata: {} });
  };

  test('by expiring while it is claimed is to be tried again', async () => {
    stage.fail(refuse);
    expect((await stage.deliver(new Carrier().booking(canBeAsked), message())).heard).toEqual({
      error: 'Transient',
      cause: { message: 'The record was not there any more.' },
    });
  });

  test.each([
    ['harmless', unguarded({ duplicates: 'harmless' }), { firstAttempt: 1 }],
    ['harmful, and never attempted', unguarded({ duplicates: 'harmful' }), { attempts: 0 }],
    ['keyed', knowsKeys, { firstAttempt: 1 }],
    ['keyed, and first attempted by a runtime that did not note when', knowsKeys, {}],
  ] as const)(
    'by being given back after the claim was refused is to be tried again, for it may be attempted: %s',
    async (_, effect, more) => {
      leave({ ...more, ...('firstAttempt' in more ? { firstAttempt: stage.now - 1 } : {}) });
      stage.fail(refuse);
      expect((await stage.deliver(new Carrier().booking(effect), message())).heard).toEqual({
        error: 'Transient',
        cause: { message: 'Another attempt had the key meanwhile, and gave it back.' },
      });
    },
  );

  test.each([
    ['another takes it', { lease: LEASE, fencing: true }, undefined],
    ['it expires', undefined, { error: 'Transient', cause: { message: 'The record was not there any more.' } }],
  ] as const)(
    'while the provider says that it has nothing, because %s, is attempted no more',
    async (_, other, heard) => {
      leave({ attemptEnds: stage.now - days(1).milliseconds });
      const carrier = new Carrier();
      stage.fail(undefined, undefined, () =>
        other ? leave({ ...other, owner: 'another', lease: stage.now + other.lease }) : stage.expire(),
      );
      expect((await stage.deliver(carrier.booking(canBeAsked), message())).heard).toEqual(heard);
      expect(carrier.asked).toEqual(['find']);
    },
  );

  test('because it is being settled while the provider says that it has nothing is attempted no more, and that is told', async () => {
    leave({ attemptEnds: stage.now - days(1).milliseconds });
    const carrier = new Carrier();
    stage.fail(undefined, undefined, () => leave({ ...stage.record(), fencing: true }));
    expect((await stage.deliver(carrier.booking(canBeAsked), message())).heard).toEqual({
      error: 'Fenced',
      cause: { message: 'The step is being settled.' },
    });
  });

  test('because another decided while the provider was at work: what that one decided is answered', async () => {
    const carrier = new Carrier();
    carrier.whenAsked = () => done({ outcome: { value: { shipmentId: 'the other' } } });
    expect((await stage.deliver(carrier.booking(knowsKeys), message())).heard).toEqual({
      output: { shipmentId: 'the other' },
    });
    // Nothing is read for it: the refusal has brought the record with it.
    expect([stage.calls('GetItem'), stage.lines]).toMatchObject([[], [{ happening: 'replayed' }]]);
  });
});

describe('what is told when nobody can know', () => {
  const cause = (text: RegExp) => ({ error: 'OutcomeUnknown', cause: { message: expect.stringMatching(text) } });

  test('names the provider that has forgotten the key, and when that was first used', async () => {
    leave({ firstAttempt: stage.now - days(2).milliseconds });
    expect((await stage.deliver(new Carrier().booking(knowsKeys), message())).heard).toEqual(
      cause(
        /^The provider has forgotten the key of book-shipment@1\.2\.0: the first attempt was at 2029-12-30T00:00:00\.000Z\.$/,
      ),
    );
  });

  test('names the atom whose second time would be harmful', async () => {
    leave();
    const atom = new Carrier().booking(unguarded({ duplicates: 'harmful' }));
    expect((await stage.deliver(atom, message())).heard).toEqual(
      cause(/^Whether an earlier attempt of book-shipment@1\.2\.0 happened is not known: nobody can be asked, /),
    );
  });

  test('names the failure that was declared after an attempt that may have been the cause of it', async () => {
    leave();
    const atom = new Carrier().will('refuses').booking(unguarded({ duplicates: 'harmless' }));
    expect((await stage.deliver(atom, message())).heard).toEqual(
      cause(/^NoCarrier, after an attempt of which nobody knows whether it happened\.$/),
    );
  });

  test('says until when something that was not found may still come', async () => {
    leave({ attemptEnds: stage.now });
    await stage.deliver(new Carrier().booking(canBeAsked), message());
    expect(stage.lines).toMatchObject([
      {
        error: {
          message: `Nothing was found, and something may still come until ${new Date(stage.now + 32_000).toISOString()}.`,
        },
      },
    ]);
  });
});
