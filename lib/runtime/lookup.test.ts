/** Asking a provider what it did: what is on its way, what fails, and what happens at the same time. */
import { describe, expect, jest, test } from '@jest/globals';
import * as z from 'zod';
import { booking, Carrier, PARCEL, SHIPMENT } from '../../test/fakes/carrier.ts';
import { KEY, stepStage } from '../../test/fakes/step-stage.ts';
import {
  ContractDefinitionError,
  compensation,
  days,
  type Effect,
  keyed,
  lookup,
  seconds,
  transaction,
  unguarded,
} from '../contract/index.ts';
import { providerKey } from './context.ts';
import { Transient } from './errors.ts';
import type { StepRecord } from './record.ts';
import { serve } from './serve.ts';

const stage = stepStage();
const effect = lookup({ quietAfter: seconds(30) });
const LEASE = 10_000;
/** From the beginning of an attempt until what is not found counts: the lease, quietAfter, and what clocks differ by. */
const QUIET = LEASE + 30_000 + 2_000;
const output = { output: SHIPMENT };
const yes = { happened: true, reason: 'the step is recorded as done' };
const no = { happened: false, reason: 'the provider was asked and has nothing, and nothing can come any more' };

const message = (more: object = {}) => stage.message({ input: PARCEL, ...more });

/** An attempt long ago, whose outcome nobody knows. */
function leftOpen(more: Partial<StepRecord> = {}): void {
  const long = stage.now - 3_600_000;
  const attempted = { attempts: 1, firstAttempt: long, attemptEnds: long + LEASE, input: PARCEL };
  stage.leave({ status: 'INPROGRESS', owner: 'earlier', lease: 0, ...attempted, ...more });
}

describe('a request that is still on its way when its attempt is over', () => {
  test('is waited for: the message comes again when nothing can come any more, and finds what came', async () => {
    const carrier = new Carrier().will('late');
    const atom = carrier.booking(effect);
    expect((await stage.deliver(atom, message())).heard).toMatchObject({ error: 'Transient' });
    stage.pass(1_000);
    expect(await stage.deliver(atom, message())).toEqual({
      heard: undefined,
      acknowledged: false,
      againIn: QUIET - 1_000,
    });
    carrier.arrives();
    stage.pass(QUIET);
    expect((await stage.deliver(atom, message())).heard).toEqual(output);
    expect([carrier.booked.length, carrier.asked]).toEqual([1, ['do', 'find', 'find']]);
  });

  test('is waited for by a settle, which says that it happened when it has come, and a late do is told the same', async () => {
    const carrier = new Carrier().will('late');
    const atom = carrier.booking(effect);
    await stage.deliver(atom, message());
    stage.pass(1_000);
    await expect(stage.settle(atom)).rejects.toMatchObject({
      name: 'Transient',
      message: `The provider has nothing, and something may still come until ${new Date(stage.now - 1_000 + QUIET).toISOString()}.`,
    });
    carrier.arrives();
    expect(await stage.settle(atom)).toEqual(yes);
    expect((await stage.deliver(atom, message())).heard).toEqual(output);
    expect(carrier.booked).toHaveLength(1);
  });

  test.each([
    [0, 'is waited for', undefined],
    [1, 'is taken for lost, and done again', output],
  ])('%d ms after the last moment at which it may come %s', async (after, _, heard) => {
    const atom = new Carrier().will('down').booking(effect);
    await stage.deliver(atom, message());
    stage.pass(QUIET + after);
    expect((await stage.deliver(atom, message())).heard).toEqual(heard);
  });

  test('and comes while the provider’s answer that it has nothing is on its way back is not taken for lost', async () => {
    const carrier = new Carrier().will('late');
    const atom = carrier.booking(effect);
    await stage.deliver(atom, message());
    stage.pass(QUIET - 1_000);
    carrier.whenAsked = () => {
      carrier.arrives();
      stage.pass(5_000);
    };
    await expect(stage.settle(atom)).rejects.toMatchObject({ name: 'Transient' });
    expect(await stage.settle(atom)).toEqual(yes);
  });

  test('counts from the last attempt, not the first', async () => {
    const carrier = new Carrier().will('down', 'late');
    const atom = carrier.booking(effect);
    await stage.deliver(atom, message());
    stage.pass(QUIET + 1);
    await stage.deliver(atom, message());
    stage.pass(QUIET);
    expect((await stage.deliver(atom, message())).acknowledged).toBe(false);
    carrier.arrives();
    expect((await stage.deliver(atom, message())).heard).toEqual(output);
    expect([carrier.booked.length, stage.record()?.attempts]).toEqual([1, 2]);
  });

  test('that nobody has noted the end of, as an earlier version of the runtime did not, counts from when it is first asked for', async () => {
    leftOpen({ attemptEnds: undefined } as object);
    const atom = new Carrier().booking(effect);
    await expect(stage.settle(atom)).rejects.toMatchObject({ name: 'Transient' });
    stage.pass(QUIET - LEASE);
    await expect(stage.settle(atom)).rejects.toMatchObject({ name: 'Transient' });
    stage.pass(1);
    expect(await stage.settle(atom)).toEqual(no);
  });
});

describe('what is found', () => {
  test('is recorded as an attempt’s own outcome would be, and answers whoever comes after', async () => {
    const own = new Carrier().booking(effect);
    await stage.deliver(own, message());
    const asDone = stage.record();
    leftOpen({ expiry: asDone?.expiry ?? 0, contract: 'book-shipment@1.0.0', correlationId: 'o-1' } as object);
    const carrier = new Carrier();
    carrier.booked.push(providerKey(KEY));
    const atom = carrier.booking(effect);
    expect((await stage.deliver(atom, message())).heard).toEqual(output);
    const { attemptEnds, firstAttempt } = stage.record() ?? {};
    expect(stage.record()).toEqual({ ...asDone, attemptEnds, firstAttempt });
    expect((await stage.deliver(atom, message())).heard).toEqual(output);
    expect(carrier.asked).toEqual(['find']);
  });

  test('is asked for with the number of attempts before it, and the attempt that follows has the next and the input of its own message', async () => {
    leftOpen({ attempts: 2 });
    const attempts: number[] = [];
    const atom = serve(booking(effect), {
      do: ({ weight }, { attempt }) => {
        attempts.push(attempt);
        return { shipmentId: `shipment of ${weight}` };
      },
      find: (_, { attempt }) => {
        attempts.push(attempt);
        return undefined;
      },
    });
    expect((await stage.deliver(atom, message({ input: { weight: 8 } }))).heard).toEqual({
      output: { shipmentId: 'shipment of 8' },
    });
    expect(attempts).toEqual([2, 3]);
    expect(stage.record()).toMatchObject({ attempts: 3, input: { weight: 8 } });
  });

  test('reaches no attempt that is stale: neither the provider nor the record is touched', async () => {
    leftOpen();
    const carrier = new Carrier();
    const before = stage.record();
    const late = message({ notStartedAfter: stage.now - 1 });
    expect(await stage.deliver(carrier.booking(effect), late)).toMatchObject({ heard: undefined, acknowledged: true });
    expect([carrier.asked, stage.record()]).toEqual([[], before]);
  });
});

describe('a provider that cannot be asked', () => {
  test.each([
    ['because it is down', 'down', 'Transient'],
    ['because it is not reached', 'unreached', 'Transient'],
    ['because it answers against the contract', 'nonsense', 'Contract'],
    ['because it has two', 'that nobody knows', 'OutcomeUnknown'],
  ] as const)('%s: a do is told so, begins no attempt and takes none back', async (_, word, error) => {
    leftOpen();
    const carrier = new Carrier().says(word);
    expect((await stage.deliver(carrier.booking(effect), message())).heard).toMatchObject({ error });
    expect(carrier.asked).toEqual(['find']);
    expect(stage.record()).toMatchObject({ status: 'INPROGRESS', attempts: 1, lease: 0 });
    expect((await stage.deliver(carrier.booking(effect), message())).heard).toEqual(output);
  });

  test.each(['down', 'unreached'] as const)(
    'because it is %s: settle is to be tried again, keeps the step fenced, and finds out later',
    async (word) => {
      leftOpen();
      const atom = new Carrier().says(word).booking(effect);
      await expect(stage.settle(atom)).rejects.toMatchObject({ name: 'Transient' });
      expect(stage.record()).toMatchObject({ status: 'INPROGRESS', fencing: true, lease: 0 });
      expect((await stage.deliver(atom, message())).heard).toMatchObject({ error: 'Fenced' });
      expect(await stage.settle(atom)).toEqual(no);
    },
  );

  test.each(['nonsense', 'that nobody knows'] as const)(
    'because of %s: settle stays unknown, and the step is left for a person',
    async (word) => {
      leftOpen();
      expect(await stage.settle(new Carrier().says(word).booking(effect))).toMatchObject({ happened: 'unknown' });
      expect(stage.record()).toMatchObject({ status: 'INPROGRESS', fencing: true, lease: 0 });
    },
  );

  test('within the contract’s time is one that is down', async () => {
    jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'queueMicrotask', 'setImmediate', 'performance'] });
    try {
      leftOpen();
      const carrier = new Carrier();
      carrier.whenAsked = () => new Promise(() => {});
      const delivered = stage.deliver(carrier.booking(effect), message());
      await jest.advanceTimersByTimeAsync(LEASE);
      expect((await delivered).heard).toEqual({
        error: 'Transient',
        cause: { message: 'book-shipment took longer than its 10000 ms.' },
      });
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('at the same time as the provider is asked', () => {
  /** What comes of a second one while the first has asked and has no answer yet. */
  async function meanwhile<T>(carrier: Carrier, first: () => Promise<T>, second: () => Promise<unknown>) {
    let came: unknown;
    carrier.whenAsked = async () => {
      carrier.whenAsked = () => undefined;
      came = await second().catch((error: Error) => error);
    };
    return { first: await first().catch((error: Error) => error), second: came };
  }

  test('by a do, a settle lets it finish and no attempt begin: the do is refused, and then it did not happen', async () => {
    leftOpen();
    const carrier = new Carrier();
    const atom = carrier.booking(effect);
    const came = await meanwhile(
      carrier,
      () => stage.deliver(atom, message()),
      () => stage.settle(atom),
    );
    expect(came.second).toMatchObject({ name: 'Transient' });
    expect(came.first).toMatchObject({ heard: { error: 'Fenced' }, acknowledged: true });
    expect(await stage.settle(atom)).toEqual(no);
    expect(carrier.booked).toEqual([]);
  });

  test('or just before, a settle forbids every attempt: nobody asks, and the do is refused', async () => {
    leftOpen();
    const carrier = new Carrier();
    stage.fail(undefined, () => leftOpen({ fencing: true }));
    expect((await stage.deliver(carrier.booking(effect), message())).heard).toMatchObject({ error: 'Fenced' });
    expect([carrier.asked, stage.record()?.fencing]).toEqual([[], true]);
  });

  test('by a first attempt that is then refused, a settle is told so afterwards: the fence stops no attempt that runs', async () => {
    const carrier = new Carrier().will('refuses');
    const atom = carrier.booking(effect);
    const came = await meanwhile(
      carrier,
      () => stage.deliver(atom, message()),
      () => stage.settle(atom),
    );
    expect(came).toMatchObject({ first: { heard: { error: 'Declared.NoCarrier' } }, second: { name: 'Transient' } });
    expect(stage.record()).not.toHaveProperty('fencing');
    expect(await stage.settle(atom)).toEqual({ happened: false, reason: 'the step was declined: NoCarrier' });
  });

  test('by a do that finds it, a settle is told so afterwards', async () => {
    leftOpen();
    const carrier = new Carrier();
    carrier.booked.push(providerKey(KEY));
    const atom = carrier.booking(effect);
    const came = await meanwhile(
      carrier,
      () => stage.deliver(atom, message()),
      () => stage.settle(atom),
    );
    expect(came).toMatchObject({ first: { heard: output }, second: { name: 'Transient' } });
    expect(await stage.settle(atom)).toEqual(yes);
    expect(carrier.asked).toEqual(['find']);
  });

  test('by a settle, another settle is to be tried again, and asks nobody', async () => {
    leftOpen();
    const carrier = new Carrier();
    const atom = carrier.booking(effect);
    const came = await meanwhile(
      carrier,
      () => stage.settle(atom),
      () => stage.settle(atom),
    );
    expect(came).toMatchObject({ first: no, second: { name: 'Transient' } });
    expect([await stage.settle(atom), carrier.asked]).toEqual([{ happened: false, reason: no.reason }, ['find']]);
  });

  test('by a settle, a do waits, and is refused when nothing was found', async () => {
    leftOpen();
    const carrier = new Carrier();
    const atom = carrier.booking(effect);
    const came = await meanwhile(
      carrier,
      () => stage.settle(atom),
      () => stage.deliver(atom, message()),
    );
    expect(came).toMatchObject({ first: no, second: { heard: undefined, acknowledged: false } });
    expect((await stage.deliver(atom, message())).heard).toMatchObject({ error: 'Fenced' });
  });

  test('by a settle that is too slow, another that has taken over decides, and both say the same', async () => {
    leftOpen();
    const carrier = new Carrier();
    const atom = carrier.booking(effect);
    const came = await meanwhile(
      carrier,
      () => stage.settle(atom),
      () => {
        stage.pass(LEASE + 2_001);
        return stage.settle(atom);
      },
    );
    expect(came).toEqual({ first: no, second: no });
  });

  test('by a do that dies of it, the next finds out when the lease is over: nothing was counted', async () => {
    leftOpen({ owner: 'died', lease: stage.now + LEASE });
    const carrier = new Carrier();
    const atom = carrier.booking(effect);
    expect(await stage.deliver(atom, message())).toMatchObject({ acknowledged: false, againIn: LEASE + 2_000 });
    stage.pass(LEASE + 2_001);
    expect((await stage.deliver(atom, message())).heard).toEqual(output);
    expect([carrier.asked, stage.record()?.attempts]).toEqual([['find', 'do'], 2]);
  });
});

describe('a write whose answer is lost', () => {
  // A do writes: the claim, which is refused; the taking to find; the beginning of another attempt; the outcome.
  test.each([
    ['taking to find', [undefined, 'sent twice']],
    ['beginning of another attempt', [undefined, undefined, 'sent twice']],
    ['outcome', [undefined, undefined, undefined, 'sent twice']],
  ] as const)('and that the SDK sends again, the %s, leaves what one would', async (_, faults) => {
    leftOpen();
    const carrier = new Carrier();
    stage.fail(...faults);
    expect((await stage.deliver(carrier.booking(effect), message())).heard).toEqual(output);
    expect(carrier.asked).toEqual(['find', 'do']);
    expect(stage.record()).toMatchObject({ status: 'COMPLETED', attempts: 2, outcome: { value: SHIPMENT } });
  });

  test('the beginning of another attempt, is followed by no attempt before it was asked again', async () => {
    leftOpen();
    const carrier = new Carrier();
    const atom = carrier.booking(effect);
    stage.fail(undefined, undefined, 'answer lost');
    expect((await stage.deliver(atom, message())).heard).toMatchObject({ error: 'Transient' });
    expect([carrier.asked, stage.record()?.attempts]).toEqual([['find'], 2]);
    expect((await stage.deliver(atom, message())).acknowledged).toBe(false);
    stage.pass(QUIET + 1);
    expect((await stage.deliver(atom, message())).heard).toEqual(output);
    expect(carrier.booked).toHaveLength(1);
  });

  // A settle writes: the taking over; the outcome.
  test.each([
    ['taking over', ['sent twice']],
    ['outcome', [undefined, 'sent twice']],
  ] as const)('the %s of a settle that the SDK sends again, leaves what one would, and says it', async (_, faults) => {
    leftOpen();
    const carrier = new Carrier();
    stage.fail(...faults);
    expect(await stage.settle(carrier.booking(effect))).toEqual(no);
    expect(carrier.asked).toEqual(['find']);
  });

  test.each([
    ['taking over', ['answer lost'], 2],
    ['outcome', [undefined, 'answer lost'], 1],
    ['outcome, which was not written', [undefined, 'throttled'], 2],
  ] as const)(
    'the %s of a settle, has it tried again, and it is found out once the lease is over',
    async (_, faults, asked) => {
      leftOpen();
      const carrier = new Carrier();
      carrier.booked.push(providerKey(KEY));
      const atom = carrier.booking(effect);
      stage.fail(...faults);
      await expect(stage.settle(atom)).rejects.toMatchObject({ name: 'Transient' });
      stage.pass(LEASE + 2_001);
      expect(await stage.settle(atom)).toEqual(yes);
      expect(carrier.asked.length).toBeLessThanOrEqual(asked);
    },
  );
});

describe('an attempt whose claim took so long that its lease', () => {
  test('was over before it began does not begin, and is taken back: another may have the key by now', async () => {
    const carrier = new Carrier();
    const atom = carrier.booking(effect);
    stage.fail(() => stage.pass(LEASE));
    expect((await stage.deliver(atom, message())).heard).toEqual({
      error: 'Transient',
      cause: { message: 'The lease of book-shipment was over before it began.' },
    });
    expect([carrier.asked, stage.record()?.attempts]).toEqual([[], 0]);
  });

  test('is nearly over is stopped at its end', async () => {
    jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'queueMicrotask', 'setImmediate', 'performance'] });
    try {
      const carrier = new Carrier();
      carrier.whenAsked = () => new Promise(() => {});
      stage.fail(() => stage.pass(LEASE - 1_000));
      const delivered = stage.deliver(carrier.booking(effect), message());
      await jest.advanceTimersByTimeAsync(1_000);
      expect((await delivered).heard).toMatchObject({ error: 'Transient' });
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('an attempt that surely did not reach the provider', () => {
  test('is taken back: the next is a first one, and asks nobody', async () => {
    const carrier = new Carrier().will('unreached');
    const atom = carrier.booking(effect);
    await stage.deliver(atom, message());
    expect(stage.record()).toMatchObject({ attempts: 0, lease: 0 });
    expect(stage.record()).not.toHaveProperty('attemptEnds');
    expect((await stage.deliver(atom, message())).heard).toEqual(output);
    expect(carrier.asked).toEqual(['do']);
  });

  test('after one that may have, leaves that one open: the provider is asked first', async () => {
    leftOpen();
    const carrier = new Carrier().will('unreached');
    const atom = carrier.booking(effect);
    await stage.deliver(atom, message());
    expect(stage.record()).toMatchObject({ attempts: 1, lease: 0 });
    stage.pass(QUIET + 1);
    expect((await stage.deliver(atom, message())).heard).toEqual(output);
    expect(carrier.asked).toEqual(['find', 'find', 'do']);
  });
});

test('a key that was forgotten and under which nothing was found counts anew from the attempt that follows', async () => {
  const forgetful = keyed({ keyLifetime: days(1), find: true, quietAfter: seconds(30) });
  leftOpen({ firstAttempt: stage.now - days(2).milliseconds });
  const carrier = new Carrier().will('down');
  const atom = carrier.booking(forgetful);
  await stage.deliver(atom, message());
  expect(stage.record()).toMatchObject({ attempts: 2, firstAttempt: stage.now });
  expect((await stage.deliver(atom, message())).heard).toEqual(output);
  expect(carrier.asked).toEqual(['find', 'do', 'do']);
});

describe('a step that nobody waits for', () => {
  const sent = { token: undefined } as object;

  test('comes again when what is not found counts, and is not dead-lettered', async () => {
    const carrier = new Carrier().will('down');
    const atom = carrier.booking(effect);
    await stage.deliver(atom, message(sent));
    expect(await stage.deliver(atom, message(sent))).toMatchObject({ acknowledged: false, againIn: QUIET });
    expect(stage.calls('SendMessage')).toEqual([]);
  });

  test('and whose outcome nobody can tell is dead-lettered for a person, where a second time would be harmful', async () => {
    leftOpen();
    const carrier = new Carrier();
    const delivered = await stage.deliver(carrier.booking(unguarded({ duplicates: 'harmful' })), message(sent));
    expect(delivered).toMatchObject({ heard: undefined, acknowledged: true });
    expect([stage.calls('SendMessage').length, carrier.asked]).toEqual([1, []]);
  });
});

describe('an undo that is looked up', () => {
  const cancelling = compensation(booking(transaction), {
    name: 'cancel-shipment',
    version: '1.0.0',
    summary: 'Cancels a shipment.',
    output: z.object({ cancelled: z.string() }),
    effect,
    timeout: seconds(10),
  });
  const undo = () => stage.message({ verb: 'undo', contract: 'cancel-shipment@1.0.0' });
  const undone = { output: { undone: true, reason: 'the step had happened' } };

  test('and whose answer was lost asks first, and is not done twice', async () => {
    stage.leave({ status: 'COMPLETED', attempts: 1, input: PARCEL, outcome: { value: SHIPMENT } });
    const cancelled: string[] = [];
    const atom = serve(cancelling, {
      do: ({ output: { shipmentId } }) => {
        cancelled.push(shipmentId);
        throw new Transient('The answer was lost.');
      },
      find: ({ output: { shipmentId } }) => (cancelled.includes(shipmentId) ? { cancelled: shipmentId } : undefined),
    });
    expect((await stage.deliver(atom, undo())).heard).toMatchObject({ error: 'Transient' });
    expect((await stage.deliver(atom, undo())).heard).toEqual(undone);
    expect(cancelled).toHaveLength(1);
    expect(stage.record('shipment~undo')).toMatchObject({ outcome: { value: { cancelled: SHIPMENT.shipmentId } } });
    expect(stage.record()).toMatchObject({ undoneAt: expect.any(Number) });
  });
});

describe('an atom is refused where it is served', () => {
  const handler = () => SHIPMENT;
  const find = () => undefined;

  test.each<readonly [string, Effect, unknown, string]>([
    [
      'without find, its effect being one that can be found',
      effect,
      handler,
      'Atom book-shipment@1.2.0: Its effect can be found, and it is served without find. Write serve(contract, { do: …, find: … }).',
    ],
    [
      'with find, its effect being one that cannot be found',
      keyed({ keyLifetime: days(1) }),
      { do: handler, find },
      'Atom book-shipment@1.2.0: Its effect cannot be found, and it is served with find. Write serve(contract, handler), or the effect as lookup({ quietAfter }) or keyed({ keyLifetime, find: true, quietAfter }).',
    ],
  ])('%s', (_, of, served, problem) => {
    expect(() => serve(booking(of), served as never)).toThrow(ContractDefinitionError);
    expect(() => serve(booking(of), served as never)).toThrow(problem);
  });
});
