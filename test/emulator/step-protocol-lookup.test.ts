/** A provider that is asked before it is called again: the conditions on DynamoDB itself, the waiting in a queue. */
import { describe, expect, test } from '@jest/globals';
import { keyed, lookup, milliseconds, seconds, unguarded } from '../../lib/contract/index.ts';
import { providerKey } from '../../lib/runtime/context.ts';
import type { StepRecord } from '../../lib/runtime/record.ts';
import { Carrier, PARCEL, SHIPMENT } from '../fakes/carrier.ts';
import { envelope } from '../fakes/delivery.ts';
import { stageUnderTest } from '../fakes/protocol.ts';

const stage = stageUnderTest('step-protocol-lookup');
const effect = lookup({ quietAfter: seconds(1) });
const output = { output: SHIPMENT };

let orders = 0;

function order() {
  orders += 1;
  const key = { execution: `ship-order:l-${orders}-`, step: 'shipment' };
  const long = Date.now() - 3_600_000;
  const attempted = { attempts: 1, firstAttempt: long, attemptEnds: long + 1_000, input: PARCEL };
  return {
    key,
    carrier: new Carrier(),
    message: (more: object = {}) => envelope({ ...key, contract: 'book-shipment@1.0.0', input: PARCEL, ...more }),
    settle: () => envelope({ ...key, contract: 'book-shipment@1.0.0', verb: 'settle' }),
    record: () => stage.record(key),
    leftOpen: (more: Partial<StepRecord> = {}) =>
      stage.leave({ status: 'INPROGRESS', owner: 'earlier', lease: 0, ...attempted, ...more, ...key }),
  };
}

describe('a step whose first answer was lost', () => {
  test.concurrent('is found by the message that waited in the queue for what was on its way', async () => {
    const { carrier, message, record, key } = order();
    carrier.will('late');
    await stage.give(carrier.booking(effect), message({ token: (await stage.waiting()).token }));
    const waiting = await stage.waiting();
    const delivering = stage.deliver([carrier.booking(effect)], [message({ token: waiting.token })]);
    carrier.arrives();
    await delivering;
    expect(await waiting.heard()).toEqual(output);
    expect([carrier.booked, await record()]).toMatchObject([
      [providerKey(key)],
      { status: 'COMPLETED', attempts: 1, outcome: { value: SHIPMENT } },
    ]);
  });

  test.concurrent('is done again, once, when nothing can be on its way any more', async () => {
    const { carrier, message, record, key } = order();
    carrier.will('down');
    await stage.give(carrier.booking(effect), message({ token: (await stage.waiting()).token }));
    const waiting = await stage.waiting();
    await stage.deliver([carrier.booking(effect)], [message({ token: waiting.token })]);
    expect(await waiting.heard()).toEqual(output);
    expect([carrier.booked.length, await record()]).toMatchObject([1, { status: 'COMPLETED', attempts: 2 }]);
    expect(stage.happenings(key.execution)).toEqual(['failed', 'waiting', 'done']);
  });
});

describe('DynamoDB keeps the conditions', () => {
  test.each([
    ['looked up', effect, ['find', 'do'], output],
    ['keyed, its key forgotten', keyed({ keyLifetime: seconds(60) }), [], { error: 'OutcomeUnknown' }],
    [
      'keyed and can be found, its key forgotten',
      keyed({ keyLifetime: seconds(60), find: true, quietAfter: milliseconds(0) }),
      ['find', 'do'],
      output,
    ],
    ['unguarded and harmful', unguarded({ duplicates: 'harmful' }), [], { error: 'OutcomeUnknown' }],
    ['unguarded and harmless', unguarded({ duplicates: 'harmless' }), ['do'], output],
  ] as const)('on a do of a step that is open and %s', async (_, of, asked, heard) => {
    const { carrier, message, leftOpen } = order();
    await leftOpen();
    const waiting = await stage.waiting();
    await stage.give(carrier.booking(of), message({ token: waiting.token }));
    expect(await waiting.heard()).toMatchObject(heard);
    expect(carrier.asked).toEqual(asked);
  });

  test('when two dos come at the same time: one asks and attempts, the other waits for it', async () => {
    const { carrier, message, leftOpen, record } = order();
    await leftOpen();
    const [first, second] = await Promise.all([stage.waiting(), stage.waiting()]);
    const messages = [first, second].map(({ token }) => message({ token }));
    await stage.deliver([carrier.booking(effect), carrier.booking(effect)], messages);
    expect([await first.heard(), await second.heard()]).toEqual([output, output]);
    expect([carrier.booked.length, (await record())?.attempts]).toEqual([1, 2]);
  });

  test('when two settle at the same time: they say the same, and the step will not happen any more', async () => {
    const { carrier, message, settle, leftOpen } = order();
    await leftOpen();
    const atom = carrier.booking(effect);
    const both = await Promise.all([1, 2].map(() => stage.settle(atom, settle()).catch(({ name }) => name)));
    const no = { happened: false, reason: 'the provider was asked and has nothing, and nothing can come any more' };
    expect(both.filter((each) => each !== 'Transient')).not.toEqual([]);
    expect(await stage.settle(atom, settle())).toEqual(no);
    const waiting = await stage.waiting();
    await stage.give(atom, message({ token: waiting.token }));
    expect(await waiting.heard()).toMatchObject({ error: 'Fenced' });
    expect(carrier.booked).toEqual([]);
  });

  test('when a settle comes while a do asks: no attempt begins', async () => {
    const { carrier, message, settle, leftOpen } = order();
    await leftOpen();
    const atom = carrier.booking(effect);
    const waiting = await stage.waiting();
    carrier.whenAsked = async () => {
      carrier.whenAsked = () => undefined;
      await expect(stage.settle(atom, settle())).rejects.toMatchObject({ name: 'Transient' });
    };
    await stage.give(atom, message({ token: waiting.token }));
    expect(await waiting.heard()).toMatchObject({ error: 'Fenced' });
    expect(await stage.settle(atom, settle())).toMatchObject({ happened: false });
    expect(carrier.booked).toEqual([]);
  });
});
