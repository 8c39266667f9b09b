import { setTimeout as sleep } from 'node:timers/promises';
import { type Contract, contractId, defaults, isFindable, stepTimes } from '../contract/index.ts';
import { ContractBroken, Fenced, OutcomeUnknown, Transient } from './errors.ts';
import { declined, type Ran, timeScale } from './handler.ts';
import { Existing, obey, type StepStore } from './persistence.ts';
import { type Again, NotCommitted, type Origin, type StepKey, type StepRecord, Taken } from './record.ts';
import type { Records } from './records.ts';

/** Milliseconds by which clocks may differ; never scaled, for clocks are not. */
export const SKEW = defaults.clockSkew.milliseconds;

/** What a store needs to know of a step. */
export interface Step {
  readonly key: StepKey;
  readonly contract: Contract;
  readonly records: Records;
  readonly origin: Origin;
  /** As it came: parsed again by whoever runs the handler. */
  readonly input: unknown;
}

/**
 * What of the input the record keeps: that of a step, to settle and to undo it. Nothing of an undo's, which is what the
 * step's record holds: both, and the undo's own output, may be more than an item of DynamoDB takes.
 */
const keptOf = ({ contract, input }: Step): unknown => (contract.undoes ? null : input);

/** For provider effects: the key is claimed for the handler's time, so that nobody else calls the provider meanwhile. */
export class ClaimedStep implements StepStore {
  readonly key: StepKey;
  readonly #step: Step;
  readonly #owner = crypto.randomUUID();
  /** How often the effect has been attempted, this time included. */
  attempt = 0;
  /** Set to false when the provider was surely not reached. */
  attempted = true;
  /** Epoch milliseconds until which the attempt has the key. */
  lease = 0;
  /** Earlier attempts may have done it: the provider is asked before there is another. */
  toFind: StepRecord | undefined;

  constructor(step: Step) {
    this.key = step.key;
    this.#step = step;
  }

  async begin(): Promise<void> {
    const { records, contract, origin } = this.#step;
    const now = Date.now();
    const lease = leaseOf(contract, now);
    const input = keptOf(this.#step);
    const claim = { owner: this.#owner, now, lease, input, skew: SKEW, again: againOf(contract, lease) };
    try {
      const claimed = await this.#mine(records.claim(this.key, claim, origin), lease);
      this.attempt = claimed.attempts ?? 1;
      this.lease = lease;
    } catch (error) {
      if (!(error instanceof Taken)) throw error;
      if (!isLeftOpen(error.record, now) || mayFollow(error.record, claim.again)) obey(error.record, now, SKEW);
      if (!isFindable(contract.effect)) throw new OutcomeUnknown(whyUnknown(contract, error.record));
      await this.#takeToFind(now, lease);
    }
  }

  /** Begins another attempt, after none was found. @throws Fenced when the step is being settled meanwhile */
  async attemptAgain(): Promise<void> {
    const { records, contract } = this.#step;
    const now = Date.now();
    const attempt = this.attempt + 1;
    const begun = { owner: this.#owner, attempt, now, lease: leaseOf(contract, now), input: keptOf(this.#step) };
    await records.attemptAgain(this.key, begun).catch((error: unknown) => {
      if (!(error instanceof Taken)) throw error;
      if (error.record?.owner === this.#owner && error.record.fencing) throw new Fenced('The step is being settled.');
      obey(error.record, now, SKEW);
    });
    this.attempt = attempt;
    this.lease = begun.lease;
  }

  async #takeToFind(now: number, lease: number): Promise<void> {
    const taking = { owner: this.#owner, now, lease, skew: SKEW };
    const taken = await this.#mine(this.#step.records.takeToFind(this.key, taking), lease).catch((error: unknown) => {
      if (error instanceof Taken) obey(error.record, now, SKEW);
      throw error;
    });
    this.attempt = taken.attempts ?? 1;
    this.toFind = taken;
  }

  /** Taken by me: the answer was lost, and the SDK sent it again. */
  async #mine(taking: Promise<StepRecord>, lease: number): Promise<StepRecord> {
    return taking.catch((error: unknown) => {
      if (error instanceof Taken && error.record?.owner === this.#owner && error.record.lease === lease) {
        return error.record;
      }
      throw error;
    });
  }

  async complete({ outcome }: Ran): Promise<void> {
    await this.#step.records.complete(this.key, this.#owner, outcome).catch((error: unknown) => {
      if (error instanceof Taken) obey(error.record, Date.now(), SKEW);
      throw error;
    });
  }

  async release(): Promise<void> {
    const { records } = this.#step;
    const given = this.attempted
      ? records.release(this.key, this.#owner)
      : records.takeBack(this.key, this.#owner, this.attempt);
    await given.catch(() => undefined);
  }
}

/** Until when an attempt that begins now has its key. */
export const leaseOf = (contract: Contract, now: number): number =>
  now + stepTimes(contract, timeScale()).handler.milliseconds;

/**
 * When an attempt that would end by then may simply follow one whose outcome is unknown. The first attempt was noted by
 * another machine's clock.
 */
export function againOf({ effect }: Contract, attemptEnds: number): Again {
  if (effect.kind === 'keyed') return { firstAttemptAfter: attemptEnds + SKEW - effect.keyLifetime.milliseconds };
  return effect.kind === 'none' && effect.duplicates === 'harmless' ? 'always' : 'never';
}

/** The same as the condition of `claim`: whether an open record may be attempted again. */
export function mayFollow({ attempts, firstAttempt }: StepRecord, again: Again): boolean {
  if (again === 'always') return true;
  if (again === 'never') return attempts === 0;
  return firstAttempt === undefined || firstAttempt > again.firstAttemptAfter;
}

/** An attempt was made whose outcome nobody knows, and nobody is finding out. */
function isLeftOpen(record: StepRecord | undefined, now: number): record is StepRecord {
  return record?.status === 'INPROGRESS' && (record.lease ?? 0) + SKEW < now && !record.fencing;
}

function whyUnknown(contract: Contract, { firstAttempt = 0 }: StepRecord): string {
  return contract.effect.kind === 'keyed'
    ? `The provider has forgotten the key of ${contractId(contract)}: the first attempt was at ${new Date(firstAttempt).toISOString()}.`
    : `Whether an earlier attempt of ${contractId(contract)} happened is not known: nobody can be asked, and a second time would be harmful.`;
}

/** For transactions: no running state. The record is written with the atom's own writes, or not at all. */
export class CommittedStep implements StepStore {
  readonly key: StepKey;
  readonly #step: Step;

  constructor(step: Step) {
    this.key = step.key;
    this.#step = step;
  }

  async begin(): Promise<void> {}

  async complete(ran: Ran): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#commit(ran);
        return;
      } catch (error) {
        if (error instanceof Taken) obey(error.record, Date.now(), SKEW);
        if (!(error instanceof NotCommitted)) throw error;
        if (error.failed !== undefined) await this.#decline(ran, error.failed);
        if (!error.conflict) {
          throw new Transient(`The transaction was cancelled: ${error.reasons}.`, { cause: error });
        }
        if (attempt >= defaults.collision.attempts)
          throw new Transient('The transaction collided with others.', { cause: error });
        await sleep(Math.random() * defaults.collision.pause.milliseconds);
      }
    }
  }

  async release(): Promise<void> {}

  async #commit({ outcome, writes }: Ran): Promise<void> {
    const { records, origin } = this.#step;
    const kept = keptOf(this.#step);
    const items = writes.map(({ otherwise, ...item }) => item);
    await (items.length === 0
      ? records.putFinal(this.key, outcome, kept, origin)
      : records.commit(this.key, outcome, kept, items, origin));
  }

  /** A write's condition did not hold: that is the declared failure it names, and final. @throws Existing */
  async #decline({ writes }: Ran, failed: number): Promise<never> {
    const { records, contract, origin } = this.#step;
    const failure = writes[failed]?.otherwise;
    if (!failure) {
      throw new ContractBroken(
        `The condition of write ${failed + 1} of ${contractId(contract)} does not hold, and the write does not say (otherwise) which declared failure that means.`,
      );
    }
    const outcome = { declined: await declined(contract, failure) };
    await records.putFinal(this.key, outcome, keptOf(this.#step), origin).catch((error: unknown) => {
      if (error instanceof Taken) obey(error.record, Date.now(), SKEW);
      throw error;
    });
    throw new Existing(outcome);
  }
}
