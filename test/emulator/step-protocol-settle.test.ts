import { describe, expect, test } from '@jest/globals';
import type { StepRecord } from '../../lib/runtime/record.ts';
import { Bank } from '../fakes/bank.ts';
import { declined, fenced, output, paymentStep, type State, states, VALUE } from '../fakes/payment-step.ts';
import { stageUnderTest } from '../fakes/protocol.ts';

const stage = stageUnderTest('step-protocol-settle');
const order = (state: State, bank?: Bank) => paymentStep(stage, state, bank);

describe('settle', () => {
  const yes = { happened: true, reason: 'the step is recorded as done' };
  const no = (reason: string) => ({ happened: false, reason });

  test.each<readonly [State, object, number, Partial<StepRecord>]>([
    [
      'absent',
      no('no attempt was ever begun'),
      0,
      { status: 'COMPLETED', outcome: { fenced: 'settled before any attempt' } },
    ],
    ['open', yes, 1, { status: 'COMPLETED', outcome: { value: VALUE } }],
    ['open since a crash', yes, 1, { status: 'COMPLETED', outcome: { value: VALUE } }],
    ['open and being settled', yes, 1, { status: 'COMPLETED', outcome: { value: VALUE } }],
    [
      'not attempted',
      no('every attempt ended before the provider was reached'),
      0,
      { status: 'COMPLETED', outcome: { fenced: 'every attempt was taken back' } },
    ],
    ['done', yes, 0, states.done],
    ['declined', no('the step was declined: CardDeclined'), 0, states.declined],
    ['fenced', no('settled before any attempt'), 0, states.fenced],
    ['done and undone', yes, 0, states['done and undone']],
  ])('of a step that is %s finds out', async (state, settlement, asked, left) => {
    const { bank, message, record } = await order(state);
    expect(await stage.settle(bank.charging(), message('settle'))).toEqual(settlement);
    expect(bank.asked).toHaveLength(asked);
    expect(await record()).toMatchObject(left);
  });

  test.each<State>(['absent', 'not attempted'])(
    'of a step that is %s sees to it that it will not happen any more',
    async (state) => {
      const { bank, message } = await order(state);
      await stage.settle(bank.charging(), message('settle'));
      const waiting = await stage.waiting();
      await stage.give(bank.charging(), message('do', { token: waiting.token }));
      expect(await waiting.heard()).toEqual(fenced);
      expect(bank.asked).toEqual([]);
    },
  );

  test('of a running step lets it finish but no other begin, and asks to be tried again', async () => {
    const { bank, message, record } = await order('running');
    await expect(stage.settle(bank.charging(), message('settle'))).rejects.toMatchObject({
      name: 'Transient',
      message: expect.stringMatching(/^An attempt is running until /),
    });
    expect(await record()).toMatchObject({ owner: 'earlier', fencing: true });
    expect(bank.asked).toEqual([]);
  });

  test.each([
    ['finishes', 'works', output, yes],
    ['is declined', 'declines', declined, no('the step was declined: CardDeclined')],
  ] as const)(
    'asked while an attempt is running, and again when it %s, finds that',
    async (_, mood, heard, settlement) => {
      const { bank, message } = await order('absent');
      const waiting = await stage.waiting();
      bank.will(mood);
      const { promise: answer, resolve: goOn } = Promise.withResolvers<void>();
      const asked = bank.hold(answer);
      const performing = stage.give(bank.charging(), message('do', { token: waiting.token }));
      await asked;
      await expect(stage.settle(bank.charging(), message('settle'))).rejects.toMatchObject({ name: 'Transient' });
      goOn();
      await performing;
      expect(await stage.settle(bank.charging(), message('settle'))).toEqual(settlement);
      expect(await waiting.heard()).toEqual(heard);
      expect(bank.asked).toHaveLength(1);
    },
  );

  test('issues an open step again under its key, so that a charge whose answer was lost is found and not repeated', async () => {
    const { bank, message, providerKey } = await order('absent');
    bank.will('answer lost');
    await stage.give(bank.charging(), message('do', { token: (await stage.waiting()).token }));
    expect(await stage.settle(bank.charging(), message('settle'))).toEqual(yes);
    expect(bank.asked).toEqual([providerKey, providerKey]);
    expect([...bank.charges]).toEqual([[providerKey, VALUE]]);
  });

  test('that issues again and is declined says that it did not happen', async () => {
    const { bank, message, record } = await order('open', new Bank().will('declines'));
    expect(await stage.settle(bank.charging(), message('settle'))).toEqual(no('the step was declined: CardDeclined'));
    expect(await record()).toMatchObject(states.declined);
  });

  test.each(['down', 'answer lost', 'refused', 'slow'] as const)(
    'that meets a provider that is %s asks to be tried again, keeps the step fenced, and finds out later',
    async (mood) => {
      const { bank, message, record } = await order('open', new Bank().will(mood));
      await expect(stage.settle(bank.charging(), message('settle'))).rejects.toMatchObject({ name: 'Transient' });
      expect(await record()).toMatchObject({ status: 'INPROGRESS', fencing: true, lease: 0 });
      const waiting = await stage.waiting();
      await stage.give(bank.charging(), message('do', { token: waiting.token }));
      expect(await waiting.heard()).toEqual(fenced);
      expect(await stage.settle(bank.charging(), message('settle'))).toEqual(yes);
      expect(bank.charges.size).toBe(1);
    },
  );

  test('that gets an answer which breaks the contract stays unknown', async () => {
    const { bank, message, record } = await order('open', new Bank().will('talks nonsense'));
    expect(await stage.settle(bank.charging(), message('settle'))).toMatchObject({ happened: 'unknown' });
    expect(await record()).toMatchObject({ status: 'INPROGRESS', fencing: true });
  });

  test('twice at the same time asks the provider once at a time', async () => {
    const { bank, message } = await order('open');
    const both = [bank.charging(), bank.charging()].map((atom) =>
      stage.settle(atom, message('settle')).catch(() => 'again'),
    );
    expect((await Promise.all(both)).filter((each) => each !== 'again').length).toBeGreaterThan(0);
    expect(await stage.settle(bank.charging(), message('settle'))).toEqual(yes);
    expect(bank.charges.size).toBe(1);
  });
});

describe('undo', () => {
  const nothing = (reason: string) => ({ output: { undone: false, reason } });
  const unknown = {
    error: 'OutcomeUnknown',
    cause: { message: 'Whether payment happened is not known, so it cannot be undone.' },
  };
  const undone = { output: { undone: true, reason: 'the step had happened' } };

  test.each<readonly [State, unknown, number]>([
    ['absent', nothing('the step was never begun'), 0],
    ['running', unknown, 0],
    ['open', unknown, 0],
    ['not attempted', unknown, 0],
    ['done', undone, 1],
    ['declined', nothing('the step was declined: CardDeclined'), 0],
    ['fenced', nothing('the step was settled as not happened'), 0],
  ])('of a step that is %s is answered', async (state, heard, refunds) => {
    const { bank, message } = await order(state);
    const waiting = await stage.waiting();
    expect(await stage.give(bank.refunding(), message('undo', { token: waiting.token }))).toBe(true);
    expect(await waiting.heard()).toEqual(heard);
    expect(bank.refunds.size).toBe(refunds);
  });

  test('works on what the step was given and what it answered, and leaves a record of its own', async () => {
    const { bank, message, key, record } = await order('done');
    await stage.give(bank.refunding(), message('undo'));
    expect([...bank.refunds.values()]).toEqual(['refund of charge of 7']);
    expect(await record()).toMatchObject({ ...states.done, undoneAt: expect.any(Number) });
    expect(await stage.record({ ...key, step: 'payment~undo' })).toMatchObject({
      status: 'COMPLETED',
      input: null,
      outcome: { value: { refundId: 'refund of charge of 7' } },
    });
  });

  test('twice refunds once, and answers both', async () => {
    const { bank, message } = await order('done');
    const [first, second] = await Promise.all([stage.waiting(), stage.waiting()]);
    for (const { token } of [first, second]) await stage.give(bank.refunding(), message('undo', { token }));
    expect([await first.heard(), await second.heard()]).toEqual([undone, undone]);
    expect(bank.asked).toHaveLength(1);
  });

  test('whose answer was lost refunds once', async () => {
    const { bank, message } = await order('done', new Bank().will('answer lost'));
    const [first, second] = await Promise.all([stage.waiting(), stage.waiting()]);
    for (const { token } of [first, second]) await stage.give(bank.refunding(), message('undo', { token }));
    expect([await first.heard(), await second.heard()]).toMatchObject([{ error: 'Transient' }, undone]);
    expect([bank.asked.length, bank.refunds.size]).toEqual([2, 1]);
  });

  test('is followed by no do: a copy that was held back is refused instead of replayed', async () => {
    const { bank, message } = await order('done');
    await stage.give(bank.refunding(), message('undo'));
    const waiting = await stage.waiting();
    await stage.give(bank.charging(), message('do', { token: waiting.token }));
    expect(await waiting.heard()).toEqual(fenced);
    expect(bank.charges.size).toBe(0);
  });

  test('that has begun refuses a do as well, whether it came to its end or not', async () => {
    const { bank, message } = await order('done', new Bank().will('down'));
    await stage.give(bank.refunding(), message('undo', { token: (await stage.waiting()).token }));
    const waiting = await stage.waiting();
    await stage.give(bank.charging(), message('do', { token: waiting.token }));
    expect(await waiting.heard()).toEqual(fenced);
  });
});
