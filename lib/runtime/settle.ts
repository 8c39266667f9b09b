import { type Envelope, isFindable, type Settlement } from '../contract/index.ts';
import { ContractBroken, OutcomeUnknown, Transient } from './errors.ts';
import { type Atom, parseRecorded, run } from './handler.ts';
import { lookUp } from './lookup.ts';
import type { Outcome } from './outcome.ts';
import { origin, stepRecords } from './perform.ts';
import { type StepKey, type StepRecord, Taken } from './record.ts';
import type { Records } from './records.ts';
import { againOf, leaseOf, mayFollow, SKEW } from './stores.ts';

/**
 * Finds out whether an effect happened, and sees to it that it will not happen any more if it did not.
 * @throws Transient to be asked again: an attempt is running, the provider does not answer
 */
export async function settle(atom: Atom, envelope: Envelope): Promise<Settlement> {
  const records = stepRecords();
  const key = { execution: envelope.execution, step: envelope.step };
  const record = await records.read(key);
  try {
    return record ? await settleRecord(atom, envelope, records, record) : await fence(envelope, records, key);
  } catch (error) {
    if (!(error instanceof Taken)) throw error;
    // Somebody else decided, or this one did and the answer was lost.
    if (error.record?.outcome) return settlementOf(error.record.outcome);
    throw new Transient('The record changed meanwhile.', { cause: error });
  }
}

/** Nothing was ever attempted, and nothing will be. */
async function fence(envelope: Envelope, records: Records, key: StepKey): Promise<Settlement> {
  await records.putFinal(key, { fenced: 'settled before any attempt' }, undefined, origin(envelope));
  return { happened: false, reason: 'no attempt was ever begun' };
}

async function settleRecord(atom: Atom, envelope: Envelope, records: Records, record: StepRecord): Promise<Settlement> {
  if (record.outcome) return settlementOf(record.outcome);
  const now = Date.now();
  const over = (record.lease ?? 0) + SKEW;
  if (over >= now) {
    await records.startFencing(record);
    throw new Transient(`An attempt is running until ${new Date(over).toISOString()}.`);
  }
  if (record.attempts === 0) {
    await records.fenceUnattempted(record, 'every attempt was taken back', now, SKEW);
    return { happened: false, reason: 'every attempt ended before the provider was reached' };
  }
  const { effect } = atom.contract;
  if (isFindable(effect)) return findOut(atom, records, record, (taken) => ask(atom, envelope, taken));
  if (effect.kind !== 'keyed') return unknown('the provider can neither deduplicate nor be asked');
  return mayFollow(record, againOf(atom.contract, leaseOf(atom.contract, now)))
    ? findOut(atom, records, record, (taken) => issueAgain(atom, envelope, taken))
    : unknown('the provider has forgotten the key');
}

/** Takes the key over, so that nobody attempts meanwhile, and records what is found out as an attempt would. */
async function findOut(
  { contract }: Atom,
  records: Records,
  record: StepRecord,
  find: (taken: StepRecord) => Promise<Outcome>,
): Promise<Settlement> {
  const now = Date.now();
  const owner = crypto.randomUUID();
  const taken = await records
    .takeOver(record, { owner, now, lease: leaseOf(contract, now), skew: SKEW })
    .catch((error: unknown) => {
      // Mine: the answer was lost, and the SDK sent it again.
      if (error instanceof Taken && error.record?.owner === owner) return error.record;
      throw error;
    });
  try {
    const outcome = await find(taken);
    await records.complete(record, owner, outcome);
    return settlementOf(outcome);
  } catch (error) {
    if (error instanceof Taken) throw error;
    await records.release(record, owner).catch(() => undefined);
    if (error instanceof ContractBroken || error instanceof OutcomeUnknown) return unknown(error.message);
    throw error;
  }
}

/** What the provider has under the key; nothing, once it is definite, means that it will not happen any more. */
async function ask(atom: Atom, { correlationId }: Envelope, taken: StepRecord): Promise<Outcome> {
  const input = await parseRecorded(atom.contract, taken.input);
  const found = await lookUp(atom, input, taken, correlationId);
  if (found.outcome) return found.outcome;
  if (found.definite) return { fenced: 'the provider was asked and has nothing, and nothing can come any more' };
  const from = new Date(found.definiteFrom).toISOString();
  throw new Transient(`The provider has nothing, and something may still come until ${from}.`);
}

/** A provider that knows the key gives the answer it gave before, or does it now: either is definite. */
async function issueAgain(atom: Atom, { correlationId }: Envelope, taken: StepRecord): Promise<Outcome> {
  const input = await parseRecorded(atom.contract, taken.input);
  const attempt = (taken.attempts ?? 0) + 1;
  const until = taken.lease ?? 0;
  return (await run(atom, input, { key: taken, attempt, correlationId, until })).outcome;
}

const unknown = (reason: string): Settlement => ({ happened: 'unknown', reason });

function settlementOf(outcome: Outcome): Settlement {
  if ('value' in outcome) return { happened: true, reason: 'the step is recorded as done' };
  if ('declined' in outcome) return { happened: false, reason: `the step was declined: ${outcome.declined.name}` };
  if ('fenced' in outcome) return { happened: false, reason: outcome.fenced };
  return unknown('the record says nothing that this runtime understands');
}
