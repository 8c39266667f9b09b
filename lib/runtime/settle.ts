import { type Envelope, type Settlement, stepTimes } from '../contract/index.ts';
import { ContractBroken, Transient } from './errors.ts';
import { type Atom, parseRecorded, run, timeScale } from './handler.ts';
import type { Outcome } from './outcome.ts';
import { origin, stepRecords } from './perform.ts';
import { type StepKey, type StepRecord, Taken } from './record.ts';
import type { Records } from './records.ts';
import { keyForgotten, SKEW } from './stores.ts';

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
    if (error instanceof Taken) throw new Transient('The record changed meanwhile.', { cause: error });
    throw error;
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
  return atom.contract.effect.kind === 'keyed'
    ? issueAgain(atom, envelope, records, record, now)
    : { happened: 'unknown', reason: 'the provider can neither deduplicate nor be asked' };
}

/** A provider that knows the key gives the answer it gave before, or does it now: either is definite. */
async function issueAgain(
  atom: Atom,
  envelope: Envelope,
  records: Records,
  record: StepRecord,
  now: number,
): Promise<Settlement> {
  const lease = now + stepTimes(atom.contract, timeScale()).handler.milliseconds;
  if (keyForgotten(atom.contract, record.firstAttempt ?? now, lease)) {
    return { happened: 'unknown', reason: 'the provider has forgotten the key' };
  }
  const owner = crypto.randomUUID();
  await records.takeOver(record, owner, now, lease, SKEW);
  try {
    const input = await parseRecorded(atom.contract, record.input);
    const { outcome } = await run(atom, input, record, (record.attempts ?? 0) + 1, envelope.correlationId);
    await records.complete(record, owner, outcome);
    return settlementOf(outcome);
  } catch (error) {
    await records.release(record, owner).catch(() => undefined);
    if (error instanceof ContractBroken) return { happened: 'unknown', reason: error.message };
    throw error;
  }
}

function settlementOf(outcome: Outcome): Settlement {
  if ('value' in outcome) return { happened: true, reason: 'the step is recorded as done' };
  if ('declined' in outcome) return { happened: false, reason: `the step was declined: ${outcome.declined.name}` };
  if ('fenced' in outcome) return { happened: false, reason: outcome.fenced };
  return { happened: 'unknown', reason: 'the record says nothing that this runtime understands' };
}
