import { hash } from 'node:crypto';
import type { SQSEvent } from 'aws-lambda';
import { defaults, type Envelope } from '../../contract/index.ts';
import { RECORDS } from '../deployment.ts';
import type { Item } from '../dynamodb/item.ts';
import type { Delivery } from '../functions/event-source.ts';
import type { Invocation } from '../functions/invocation.ts';
import type { Account, Watcher } from './account.ts';
import { saidIn } from './bodies.ts';
import { labelOf, meantBy, type StepName } from './labels.ts';

/** Milliseconds by which a process may be wrong about the time. */
const SKEW = defaults.clockSkew.milliseconds;

/** Invariants that are looked at while a run goes on, at every step. */
export class Watch implements Watcher {
  readonly #account: Account;
  readonly #atProvider = new Map<string, Invocation>();
  readonly #envelopes = new WeakMap<Invocation, readonly Envelope[]>();

  constructor(account: Account) {
    this.#account = account;
  }

  /** The messages that an invocation was given, or its direct call. */
  envelopesOf(invocation: Invocation): readonly Envelope[] {
    let envelopes = this.#envelopes.get(invocation);
    if (!envelopes) {
      const { Records } = invocation.event as Partial<SQSEvent>;
      const all = Records ? Records.map(({ body }) => envelopeOf(body)) : [invocation.event as Envelope];
      envelopes = all.filter((each): each is Envelope => typeof each?.execution === 'string');
      this.#envelopes.set(invocation, envelopes);
    }
    return envelopes;
  }

  /** What became of a step is for ever. */
  onRecord(name: StepName, before: Item | undefined, after: Item | undefined): void {
    if (before?.fencing === true && Number(after?.attempts) > Number(before.attempts)) {
      this.#account.violate('once a step is being settled no attempt begins', `One of ${labelOf(name)} did.`);
    }
    if (before?.status !== 'COMPLETED') return;
    if (JSON.stringify(before.outcome) === JSON.stringify(after?.outcome)) return;
    this.#account.violate(
      'an outcome is for ever',
      `The record of ${labelOf(name)} said ${JSON.stringify(before.outcome)}, and then ${JSON.stringify(after?.outcome)}.`,
    );
  }

  /** An attempt that waited too long does not begin: its answer would come too late. */
  onAttempt(name: StepName, invocation: Invocation): void {
    const { step } = meantBy(name.step);
    const own = this.envelopesOf(invocation).find((each) => each.execution === name.execution && each.step === step);
    if (own?.notStartedAfter === undefined || invocation.startedAt <= own.notStartedAfter + SKEW) return;
    this.#account.violate(
      'a stale attempt does not begin',
      `${labelOf(name)} was begun ${invocation.startedAt - own.notStartedAfter} ms after it had to be.`,
    );
  }

  /**
   * A key is leased: while one attempt waits for the provider, no other begins. What Lambda has given up counts no more.
   * @returns to be called when it waits no more
   */
  onRequest(name: StepName, invocation: Invocation): () => void {
    const label = labelOf(name);
    const before = this.#atProvider.get(label);
    if (before && before !== invocation && !before.ended) {
      this.#account.violate('one attempt at a time', `${label} was begun while another attempt was at the provider.`);
    }
    this.#atProvider.set(label, invocation);
    return () => {
      if (this.#atProvider.get(label) === invocation) this.#atProvider.delete(label);
    };
  }

  /** A message is done with when its token is answered, or when nobody waits for it any more. */
  onDone(queue: string, deliveries: readonly Delivery[]): void {
    const account = this.#account;
    for (const { message } of deliveries) {
      const envelope = envelopeOf(message.body);
      if (!envelope || envelope.notAfter < account.now()) continue;
      if (envelope.token === undefined) {
        const record = account.record({ execution: envelope.execution, step: envelope.step });
        if (record?.status === 'COMPLETED' || account.isDeadLetter(queue, message.body)) continue;
      } else {
        const stale = envelope.notStartedAfter !== undefined && envelope.notStartedAfter < account.now() + SKEW;
        if (stale || !account.stepFunctions.isAwaited(envelope.token)) continue;
      }
      account.violate(
        'no message vanishes',
        `The message of ${labelOf(envelope)} was done with, and nobody had answered it.`,
      );
    }
  }
  /** A dead letter is kept, told to whoever waits, or enqueued once more. */
  onLetter(queue: string, deliveries: readonly Delivery[]): void {
    const account = this.#account;
    for (const { message } of deliveries) {
      const envelope = envelopeOf(message.body);
      const waiting = [...account.queue(queue).messages.values()].some(({ body }) => body === message.body);
      if (waiting || !envelope) continue;
      const { execution, step, token } = envelope;
      const digest = hash('sha256', message.body);
      if (token !== undefined && account.stepFunctions.isAwaited(token)) {
        account.violate(
          'a dead letter answers',
          `The message of ${labelOf(envelope)} was dealt with, and nobody was answered.`,
        );
      }
      const kept = account.tables
        .items(RECORDS)
        .some((row) => row.execution === execution && row.step !== step && row.sha256 === digest);
      if (!kept && !waiting) {
        account.violate(
          'a dead letter is kept',
          `The message of ${labelOf(envelope)} was dealt with, and there is no row of it.`,
        );
      }
    }
  }
}

function envelopeOf(body: string): Envelope | undefined {
  const value = saidIn(body) as Envelope | null | undefined;
  return typeof value?.execution === 'string' ? value : undefined;
}
