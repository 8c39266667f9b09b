/** The table of docs/protocol.md, row by row: what a do delivery makes of each state of the record of a provider effect. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { days, milliseconds } from '../../lib/contract/index.ts';
import type { StepRecord } from '../../lib/runtime/record.ts';
import { Bank, type Mood } from '../fakes/bank.ts';
import {
  attempted,
  declined,
  fenced,
  INPUT,
  output,
  paymentStep,
  type State,
  states,
  VALUE,
} from '../fakes/payment-step.ts';
import { type Fault, stageUnderTest } from '../fakes/protocol.ts';

const stage = stageUnderTest('step-protocol');
const order = (state: State, bank?: Bank) => paymentStep(stage, state, bank);

describe('a do delivery', () => {
  test.each<readonly [State, unknown, number, Partial<StepRecord>]>([
    ['absent', output, 1, { status: 'COMPLETED', attempts: 1, outcome: { value: VALUE } }],
    ['open', output, 1, { status: 'COMPLETED', attempts: 2, outcome: { value: VALUE } }],
    ['open since a crash', output, 1, { status: 'COMPLETED', attempts: 2, outcome: { value: VALUE } }],
    ['open and being settled', fenced, 0, { status: 'INPROGRESS', attempts: 1, fencing: true }],
    ['not attempted', output, 1, { status: 'COMPLETED', attempts: 1 }],
    ['done', output, 0, states.done],
    ['declined', declined, 0, states.declined],
    ['fenced', fenced, 0, states.fenced],
    ['done and undone', fenced, 0, states['done and undone']],
  ])('of a step that is %s is answered, and acknowledged', async (state, heard, asked, left) => {
    const { bank, message, record } = await order(state);
    const waiting = await stage.waiting();
    expect(await stage.give(bank.charging(), message('do', { token: waiting.token }))).toBe(true);
    expect(await waiting.heard()).toEqual(heard);
    expect(bank.asked).toHaveLength(asked);
    expect(await record()).toMatchObject(left);
  });

  test.each<State>(['running', 'running and being settled'])(
    'of a step that is %s waits, and changes nothing',
    async (state) => {
      const { bank, message, key, record } = await order(state);
      const waiting = await stage.waiting();
      expect(await stage.give(bank.charging(), message('do', { token: waiting.token }))).toBe(false);
      expect(await waiting.waits()).toBe(true);
      expect(bank.asked).toEqual([]);
      expect(await record()).toEqual({ ...states[state], ...key, expiry: expect.any(Number) });
      expect(stage.happenings(key.execution)).toEqual(['waiting']);
    },
  );

  test('that claims an open step comes to the provider under the key of the first attempt', async () => {
    const { bank, message, providerKey } = await order('open');
    await stage.give(bank.charging(), message('do'));
    expect(bank.asked).toEqual([providerKey]);
  });

  test('that is refused by the fence is counted', async () => {
    const { bank, message, key } = await order('fenced');
    await stage.give(bank.charging(), message('do'));
    expect(stage.lines.filter(({ execution }) => execution === key.execution)).toMatchObject([
      { happening: 'fenced', Fenced: 1 },
    ]);
  });

  test('writes a record that lives a day longer than the last possible delivery', async () => {
    const { bank, message, record } = await order('absent');
    const notAfter = Date.now() + days(20).milliseconds;
    await stage.give(bank.charging(), message('do', { notAfter }));
    expect((await record())?.expiry).toBe(Math.ceil((notAfter + days(1).milliseconds) / 1_000));
  });
});

describe('two do deliveries at the same time, each with a token of its own', () => {
  test.concurrent.each<readonly [State, unknown, number]>([
    ['absent', output, 1],
    ['open', output, 1],
    ['not attempted', output, 1],
    ['done', output, 0],
    ['declined', declined, 0],
    ['fenced', fenced, 0],
  ])('of a step that is %s are both answered, and the provider is asked at most once', async (state, heard, asked) => {
    const { bank, message } = await order(state);
    const [first, second] = await Promise.all([stage.waiting(), stage.waiting()]);
    const messages = [first, second].map(({ token }) => message('do', { token }));
    await stage.deliver([bank.charging(), bank.charging()], messages);
    expect([await first.heard(), await second.heard()]).toEqual([heard, heard]);
    expect(bank.asked).toHaveLength(asked);
  });
});

describe('an attempt that goes wrong', () => {
  test.each([
    ['down', { status: 'INPROGRESS', lease: 0, attempts: 1 }],
    ['answer lost', { status: 'INPROGRESS', lease: 0, attempts: 1 }],
    ['slow', { status: 'INPROGRESS', lease: 0, attempts: 1 }],
    ['talks nonsense', { status: 'INPROGRESS', lease: 0, attempts: 1 }],
    ['refused', { status: 'INPROGRESS', lease: 0, attempts: 0 }],
  ] as const)(
    'because the provider is %s gives the key back, says so, and leaves what it knows',
    async (mood, left) => {
      const { bank, message, record } = await order('absent', new Bank().will(mood));
      const waiting = await stage.waiting();
      expect(await stage.give(bank.charging(), message('do', { token: waiting.token }))).toBe(true);
      const error = mood === 'talks nonsense' ? 'Contract' : 'Transient';
      expect(await waiting.heard()).toMatchObject({ error });
      expect(await record()).toMatchObject({ ...left, input: INPUT });
    },
  );

  test('is healed by the next one: one charge, however often the answer was lost', async () => {
    const { bank, message, record } = await order('absent', new Bank().will('answer lost', 'slow', 'answer lost'));
    const waiting = await stage.waiting();
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await stage.give(bank.charging(), message('do', { attempt, token: (await stage.waiting()).token }));
    }
    await stage.give(bank.charging(), message('do', { attempt: 4, token: waiting.token }));
    expect(await waiting.heard()).toEqual(output);
    expect([bank.asked.length, bank.charges.size]).toEqual([4, 1]);
    expect(await record()).toMatchObject({ attempts: 4 });
  });

  test('whose record was written, though the answer to that was lost, finds it there and answers', async () => {
    const { bank, message, key } = await order('absent');
    const waiting = await stage.waiting();
    stage.fail(key.execution, 'UpdateItem', 'answer lost', { skip: 1 });
    await stage.give(bank.charging(), message('do', { token: waiting.token }));
    expect(await waiting.heard()).toEqual(output);
    expect([bank.asked.length, stage.happenings(key.execution)]).toEqual([1, ['replayed']]);
  });

  test.concurrent('after a crash between the charge and its record is charged once, when the lease is over', async () => {
    const { bank, message, key } = await order('absent');
    await stage.give(bank.charging(), message('do'));
    // What the crash left: the provider has charged, the record still runs.
    await stage.leave({ ...attempted, ...key, lease: Date.now() + 1_000 });
    const waiting = await stage.waiting();
    await stage.deliver([bank.charging()], [message('do', { token: waiting.token })]);
    expect(await waiting.heard()).toEqual(output);
    expect([bank.asked.length, bank.charges.size]).toEqual([2, 1]);
    expect(stage.happenings(key.execution)).toEqual(['done', 'waiting', 'done']);
  });

  test.each<readonly [string, number, Mood, Partial<StepRecord>]>([
    ['claim', 0, 'works', { status: 'COMPLETED', attempts: 2 }],
    ['outcome', 1, 'works', { status: 'COMPLETED', attempts: 2 }],
    ['release', 1, 'down', { status: 'INPROGRESS', attempts: 2, lease: 0 }],
    ['taking back of an attempt', 1, 'refused', { status: 'INPROGRESS', attempts: 1, lease: 0 }],
  ])('whose %s is sent twice by the SDK leaves what one would', async (_, skip, mood, left) => {
    const { bank, message, key, record } = await order('open', new Bank().will(mood));
    const waiting = await stage.waiting();
    stage.fail(key.execution, 'UpdateItem', 'sent twice', { skip });
    expect(await stage.give(bank.charging(), message('do', { token: waiting.token }))).toBe(true);
    expect(await record()).toMatchObject(left);
    expect(await waiting.heard()).toEqual(mood === 'works' ? output : expect.objectContaining({ error: 'Transient' }));
  });

  test.concurrent.each<readonly [string, Fault, number, readonly unknown[], number]>([
    ['cannot be claimed', 'throttled', 0, ['failed', 'done'], 1],
    ['was claimed, though the answer to that was lost', 'answer lost', 0, ['failed', 'waiting', 'done'], 1],
    ['was done, and the record of it cannot be written', 'throttled', 1, ['failed', 'waiting', 'done'], 2],
  ])('whose step %s is charged once by the next', async (_, fault, skip, happenings, asked) => {
    const { bank, message, key } = await order('absent');
    const [first, second] = [await stage.waiting(), await stage.waiting()];
    stage.fail(key.execution, 'UpdateItem', fault, { skip });
    await stage.give(bank.charging(), message('do', { token: first.token }));
    expect(await first.heard()).toMatchObject({ error: 'Transient' });
    await stage.deliver([bank.charging()], [message('do', { token: second.token })]);
    expect(await second.heard()).toEqual(output);
    expect([bank.asked.length, bank.charges.size]).toEqual([asked, 1]);
    expect(stage.happenings(key.execution)).toEqual(happenings);
  });
});

describe('a provider that may have forgotten the key', () => {
  // An attempt takes a second at most, and has to be over before the key is.
  const brief = milliseconds(1_300);
  const old = { firstAttempt: Date.now() - 60_000 };

  test('is not asked again: a do is answered that nobody can tell', async () => {
    const { bank, message, key } = await order('open');
    await stage.leave({ ...states.open, ...old, ...key });
    const waiting = await stage.waiting();
    await stage.give(bank.charging(brief), message('do', { token: waiting.token }));
    expect(await waiting.heard()).toMatchObject({ error: 'OutcomeUnknown' });
    expect(bank.asked).toEqual([]);
  });

  test('before the attempt would be over is not asked again either', async () => {
    const { bank, message, key } = await order('open');
    await stage.leave({ ...states.open, ...key, firstAttempt: Date.now() - 600 });
    const waiting = await stage.waiting();
    await stage.give(bank.charging(brief), message('do', { token: waiting.token }));
    expect(await waiting.heard()).toMatchObject({ error: 'OutcomeUnknown' });
    expect(bank.asked).toEqual([]);
  });

  test('leaves a settle unknown', async () => {
    const { bank, message, key } = await order('open');
    await stage.leave({ ...states.open, ...old, ...key });
    expect(await stage.settle(bank.charging(brief), message('settle'))).toEqual({
      happened: 'unknown',
      reason: 'the provider has forgotten the key',
    });
    expect(bank.asked).toEqual([]);
  });

  test('has nothing to remember of an attempt that never reached it: a new first one begins', async () => {
    const { bank, message, record } = await order('absent', new Bank().will('refused'));
    await stage.give(bank.charging(brief), message('do'));
    expect(await record()).not.toHaveProperty('firstAttempt');
    await sleep(400);
    const waiting = await stage.waiting();
    await stage.give(bank.charging(brief), message('do', { token: waiting.token }));
    expect(await waiting.heard()).toEqual(output);
  });

  test('remembers from the first attempt that may have reached it, whatever came to nothing since', async () => {
    const { bank, message, record } = await order('absent', new Bank().will('down', 'refused'));
    await stage.give(bank.charging(brief), message('do', { token: (await stage.waiting()).token }));
    const { firstAttempt } = (await record()) ?? {};
    await stage.give(bank.charging(), message('do', { token: (await stage.waiting()).token }));
    expect(await record()).toMatchObject({ attempts: 1, firstAttempt });
    await sleep(400);
    expect(await stage.settle(bank.charging(brief), message('settle'))).toMatchObject({ happened: 'unknown' });
  });
});
