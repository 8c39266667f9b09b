/** The table of docs/protocol.md for effects at a provider, cell by cell: each kind, in each state of its record. */
import { describe, expect, test } from '@jest/globals';
import { Carrier, NO_CARRIER, PARCEL, SHIPMENT } from '../../test/fakes/carrier.ts';
import { KEY, stepStage } from '../../test/fakes/step-stage.ts';
import { days, type Effect, hours, keyed, lookup, seconds, unguarded } from '../contract/index.ts';
import { providerKey } from './context.ts';
import type { StepRecord } from './record.ts';

const stage = stepStage();
const HOUR = hours(1).milliseconds;
const quietAfter = seconds(30);

const EFFECTS = {
  keyed: keyed({ keyLifetime: days(1) }),
  'keyed, with find': keyed({ keyLifetime: days(1), find: true, quietAfter }),
  lookup: lookup({ quietAfter }),
  harmful: unguarded({ duplicates: 'harmful' }),
  harmless: unguarded({ duplicates: 'harmless' }),
} as const satisfies Record<string, Effect>;
type Kind = keyof typeof EFFECTS;
const KINDS = Object.keys(EFFECTS) as readonly Kind[];

/** An attempt that began so long ago, and left its key open. */
const openSince = (milliseconds: number): Partial<StepRecord> => ({
  status: 'INPROGRESS',
  owner: 'earlier',
  lease: 0,
  attempts: 1,
  firstAttempt: stage.now - milliseconds,
  attemptEnds: stage.now - milliseconds + 10_000,
  input: PARCEL,
});
const ended = (outcome: StepRecord['outcome']): Partial<StepRecord> =>
  ({ status: 'COMPLETED', attempts: 1, input: PARCEL, outcome }) as Partial<StepRecord>;

const STATES = {
  absent: () => undefined,
  running: () => ({ ...openSince(0), lease: stage.now + 10_000 }),
  'running and being settled': () => ({ ...openSince(0), lease: stage.now + 10_000, fencing: true }),
  'open, just now': () => openSince(15_000),
  'open since a crash, just now': () => ({ ...openSince(15_000), lease: stage.now - 5_000 }),
  'open for an hour': () => openSince(HOUR),
  'open for two days': () => openSince(48 * HOUR),
  'open and being settled': () => ({ ...openSince(HOUR), fencing: true }),
  'not attempted': () => ({ status: 'INPROGRESS', owner: 'earlier', lease: 0, attempts: 0, input: PARCEL }),
  done: () => ended({ value: SHIPMENT }),
  declined: () => ended({ declined: { name: 'NoCarrier', payload: NO_CARRIER } }),
  fenced: () => ended({ fenced: 'settled before any attempt' }),
  'done and undone': () => ({ ...ended({ value: SHIPMENT }), undoneAt: 1 }),
} as const satisfies Record<string, () => Partial<StepRecord> | undefined>;
type State = keyof typeof STATES;

/** What the carrier has from before. */
type Has = 'it' | 'refused it' | 'nothing';

function given(state: State, has: Has = 'nothing'): Carrier {
  const left = STATES[state]();
  if (left) stage.leave(left as Partial<StepRecord>);
  const carrier = new Carrier();
  if (has === 'it') carrier.booked.push(providerKey(KEY));
  if (has === 'refused it') carrier.refused.add(providerKey(KEY));
  return carrier;
}

const performs = {
  heard: { output: SHIPMENT },
  asked: ['do'],
  left: { status: 'COMPLETED', outcome: { value: SHIPMENT } },
};
const finds = { ...performs, asked: ['find'] };
const findsThenPerforms = { ...performs, asked: ['find', 'do'] };
const findsRefused = {
  heard: { error: 'Declared.NoCarrier', cause: NO_CARRIER },
  asked: ['find'],
  left: { status: 'COMPLETED', outcome: { declined: { name: 'NoCarrier', payload: NO_CARRIER } } },
};
const waits = { heard: undefined, asked: [], left: { status: 'INPROGRESS', attempts: 1 } };
const findsThenWaits = { ...waits, asked: ['find'] };
const unknown = {
  heard: { error: 'OutcomeUnknown', cause: { message: expect.any(String) } },
  asked: [],
  left: { status: 'INPROGRESS', attempts: 1 },
};
const fenced = { heard: { error: 'Fenced', cause: { message: expect.any(String) } }, asked: [], left: {} };
const replays = { heard: { output: SHIPMENT }, asked: [], left: ended({ value: SHIPMENT }) };
const declines = { heard: findsRefused.heard, asked: [], left: {} };

describe('a do', () => {
  const every = (state: State, expected: object) => KINDS.map((kind) => [kind, state, 'nothing', expected] as const);

  test.each<readonly [Kind, State, Has, { heard?: unknown; asked?: readonly string[]; left?: object }]>([
    ...every('absent', { ...performs, left: { ...performs.left, attempts: 1 } }),
    ...every('running', waits),
    ...every('running and being settled', { ...waits, left: { ...waits.left, fencing: true } }),
    ...every('open and being settled', { ...fenced, left: { status: 'INPROGRESS', attempts: 1, fencing: true } }),
    ...every('not attempted', { ...performs, left: { ...performs.left, attempts: 1 } }),
    ...every('done', replays),
    ...every('declined', declines),
    ...every('fenced', fenced),
    ...every('done and undone', fenced),

    ['keyed', 'open, just now', 'nothing', { ...performs, left: { ...performs.left, attempts: 2 } }],
    ['keyed', 'open since a crash, just now', 'nothing', performs],
    ['keyed', 'open for an hour', 'nothing', performs],
    ['keyed', 'open for two days', 'nothing', unknown],

    ['keyed, with find', 'open, just now', 'nothing', { ...performs, left: { ...performs.left, attempts: 2 } }],
    ['keyed, with find', 'open for an hour', 'nothing', performs],
    ['keyed, with find', 'open for two days', 'it', { ...finds, left: { ...finds.left, attempts: 1 } }],
    ['keyed, with find', 'open for two days', 'refused it', findsRefused],
    ['keyed, with find', 'open for two days', 'nothing', findsThenPerforms],

    ['lookup', 'open, just now', 'it', { ...finds, left: { ...finds.left, attempts: 1 } }],
    ['lookup', 'open, just now', 'refused it', findsRefused],
    ['lookup', 'open, just now', 'nothing', findsThenWaits],
    ['lookup', 'open since a crash, just now', 'it', finds],
    ['lookup', 'open since a crash, just now', 'nothing', findsThenWaits],
    ['lookup', 'open for an hour', 'it', finds],
    ['lookup', 'open for an hour', 'refused it', findsRefused],
    ['lookup', 'open for an hour', 'nothing', { ...findsThenPerforms, left: { ...performs.left, attempts: 2 } }],
    ['lookup', 'open for two days', 'nothing', findsThenPerforms],

    ['harmful', 'open, just now', 'nothing', unknown],
    ['harmful', 'open since a crash, just now', 'nothing', unknown],
    ['harmful', 'open for two days', 'nothing', unknown],

    ['harmless', 'open, just now', 'nothing', { ...performs, left: { ...performs.left, attempts: 2 } }],
    ['harmless', 'open since a crash, just now', 'nothing', performs],
    ['harmless', 'open for two days', 'nothing', performs],
  ])('of a %s step that is %s, the carrier having %s', async (kind, state, has, expected) => {
    const carrier = given(state, has);
    const { heard, acknowledged } = await stage.deliver(
      carrier.booking(EFFECTS[kind]),
      stage.message({ input: PARCEL }),
    );
    expect({ heard, acknowledged, asked: carrier.asked, left: stage.record() }).toMatchObject({
      ...expected,
      heard: expected.heard,
      acknowledged: expected.heard !== undefined,
    });
  });
});

describe('settle', () => {
  const yes = { happened: true, reason: 'the step is recorded as done' };
  const no = (reason: string) => ({ happened: false, reason });
  const again = { name: 'Transient' };
  const declined = no('the step was declined: NoCarrier');
  const happened = { said: yes, left: { status: 'COMPLETED', outcome: { value: SHIPMENT } } };
  const nothing = no('the provider was asked and has nothing, and nothing can come any more');
  const fencedNow = {
    said: nothing,
    asked: ['find'],
    left: { status: 'COMPLETED', outcome: { fenced: nothing.reason } },
  };
  const refused = { said: declined, asked: ['find'], left: findsRefused.left };
  const tooEarly = { said: again, asked: ['find'], left: { status: 'INPROGRESS', fencing: true, lease: 0 } };
  const noIdea = (reason: string) => ({
    said: { happened: 'unknown', reason },
    asked: [],
    left: { status: 'INPROGRESS' },
  });
  const cannotAsk = noIdea('the provider can neither deduplicate nor be asked');
  const every = (state: State, expected: object) =>
    KINDS.map((kind) => [kind, state, 'nothing', { asked: [], ...expected }] as const);

  test.each<readonly [Kind, State, Has, { said?: unknown; asked?: readonly string[]; left?: object }]>([
    ...every('absent', {
      said: no('no attempt was ever begun'),
      left: { outcome: { fenced: 'settled before any attempt' } },
    }),
    ...every('running', { said: again, left: { status: 'INPROGRESS', owner: 'earlier', fencing: true } }),
    ...every('running and being settled', { said: again, left: { owner: 'earlier', fencing: true } }),
    ...every('not attempted', {
      said: no('every attempt ended before the provider was reached'),
      left: { outcome: { fenced: 'every attempt was taken back' } },
    }),
    ...every('done', { said: yes }),
    ...every('declined', { said: declined }),
    ...every('fenced', { said: no('settled before any attempt') }),
    ...every('done and undone', { said: yes }),

    ['keyed', 'open, just now', 'nothing', { ...happened, asked: ['do'] }],
    ['keyed', 'open for an hour', 'nothing', { ...happened, asked: ['do'] }],
    ['keyed', 'open and being settled', 'nothing', { ...happened, asked: ['do'] }],
    ['keyed', 'open for two days', 'nothing', noIdea('the provider has forgotten the key')],

    ...(['keyed, with find', 'lookup'] as const).flatMap((kind) => [
      [kind, 'open, just now', 'it', { ...happened, asked: ['find'] }] as const,
      [kind, 'open, just now', 'refused it', refused] as const,
      [kind, 'open, just now', 'nothing', tooEarly] as const,
      [kind, 'open since a crash, just now', 'it', { ...happened, asked: ['find'] }] as const,
      [kind, 'open since a crash, just now', 'nothing', tooEarly] as const,
      [kind, 'open for an hour', 'it', { ...happened, asked: ['find'] }] as const,
      [kind, 'open for an hour', 'refused it', refused] as const,
      [kind, 'open for an hour', 'nothing', fencedNow] as const,
      [kind, 'open and being settled', 'it', { ...happened, asked: ['find'] }] as const,
      [kind, 'open and being settled', 'nothing', fencedNow] as const,
      [kind, 'open for two days', 'it', { ...happened, asked: ['find'] }] as const,
      [kind, 'open for two days', 'nothing', fencedNow] as const,
    ]),

    ...(['harmful', 'harmless'] as const).flatMap((kind) => [
      [kind, 'open, just now', 'nothing', cannotAsk] as const,
      [kind, 'open since a crash, just now', 'nothing', cannotAsk] as const,
      [kind, 'open for two days', 'nothing', cannotAsk] as const,
      [kind, 'open and being settled', 'nothing', cannotAsk] as const,
    ]),
  ])('of a %s step that is %s, the carrier having %s', async (kind, state, has, expected) => {
    const carrier = given(state, has);
    const before = carrier.booked.length;
    const said = await stage.settle(carrier.booking(EFFECTS[kind])).catch((error: unknown) => error);
    expect({ said, asked: carrier.asked, left: stage.record() }).toMatchObject(expected);
    if (!carrier.asked.includes('do')) expect(carrier.booked).toHaveLength(before);
  });
});

describe('what is declared in an attempt after one whose outcome was unknown', () => {
  test.each<readonly [Kind, State, string]>([
    ['keyed', 'open, just now', 'Declared.NoCarrier'],
    ['keyed, with find', 'open, just now', 'Declared.NoCarrier'],
    ['keyed, with find', 'open for two days', 'Declared.NoCarrier'],
    ['lookup', 'open for an hour', 'OutcomeUnknown'],
    ['harmless', 'open, just now', 'OutcomeUnknown'],
  ])('of a %s step that is %s is answered %s…', async (kind, state, error) => {
    const carrier = given(state).will('refuses');
    const { heard } = await stage.deliver(carrier.booking(EFFECTS[kind]), stage.message({ input: PARCEL }));
    expect(heard).toMatchObject({ error });
  });

  test.each(KINDS)('in the first attempt of a %s step it is what it says', async (kind) => {
    const carrier = given('absent').will('refuses');
    const { heard } = await stage.deliver(carrier.booking(EFFECTS[kind]), stage.message({ input: PARCEL }));
    expect(heard).toEqual(findsRefused.heard);
  });
});
