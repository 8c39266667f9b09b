import { setTimeout as sleep } from 'node:timers/promises';
import { type Contract, contractId, defaults, stepTimes } from '../contract/index.ts';
import { ContractBroken, OutcomeUnknown, Transient } from './errors.ts';
import { declined, type Ran, timeScale } from './handler.ts';
import { Existing, obey, type StepStore } from './persistence.ts';
import { NotCommitted, type Origin, type StepKey, Taken } from './record.ts';
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

/** For provider effects: the key is claimed for the handler's time, so that nobody else calls the provider meanwhile. */
export class ClaimedStep implements StepStore {
  readonly key: StepKey;
  readonly #step: Step;
  readonly #owner = crypto.randomUUID();
  /** How often the effect has been attempted, this time included. */
  attempt = 0;
  /** Set to false when the provider was surely not reached. */
  attempted = true;

  constructor(step: Step) {
    this.key = step.key;
    this.#step = step;
  }

  async begin(): Promise<void> {
    const { records, contract, input, origin } = this.#step;
    const now = Date.now();
    const lease = now + stepTimes(contract, timeScale()).handler.milliseconds;
    const claimed = await records
      .claim(this.key, { owner: this.#owner, now, lease, input, skew: SKEW }, origin)
      .catch((error: unknown) => {
        if (!(error instanceof Taken)) throw error;
        // Mine: the answer to the claim was lost, and the SDK sent it again.
        if (error.record?.owner === this.#owner) return error.record;
        return obey(error.record, now, SKEW);
      });
    this.attempt = claimed.attempts ?? 1;
    if (keyForgotten(contract, claimed.firstAttempt ?? now, lease)) {
      this.attempted = false;
      await this.release();
      throw new OutcomeUnknown(
        `The provider has forgotten the key of ${contractId(contract)}: the first attempt was at ${new Date(claimed.firstAttempt ?? now).toISOString()}.`,
      );
    }
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

/** Whether a provider that deduplicates by key may have forgotten it before an attempt is over. */
export const keyForgotten = ({ effect }: Contract, firstAttempt: number, attemptEnds: number): boolean =>
  effect.kind === 'keyed' && attemptEnds >= firstAttempt + effect.keyLifetime.milliseconds;

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
    const { records, input, origin } = this.#step;
    const items = writes.map(({ otherwise, ...item }) => item);
    await (items.length === 0
      ? records.putFinal(this.key, outcome, input, origin)
      : records.commit(this.key, outcome, input, items, origin));
  }

  /** A write's condition did not hold: that is the declared failure it names, and final. @throws Existing */
  async #decline({ writes }: Ran, failed: number): Promise<never> {
    const { records, contract, input, origin } = this.#step;
    const failure = writes[failed]?.otherwise;
    if (!failure) {
      throw new ContractBroken(
        `The condition of write ${failed + 1} of ${contractId(contract)} does not hold, and the write does not say (otherwise) which declared failure that means.`,
      );
    }
    const outcome = { declined: await declined(contract, failure) };
    await records.putFinal(this.key, outcome, input, origin).catch((error: unknown) => {
      if (error instanceof Taken) obey(error.record, Date.now(), SKEW);
      throw error;
    });
    throw new Existing(outcome);
  }
}
