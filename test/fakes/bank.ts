/**
 * A payment provider that deduplicates by key, and the atoms that use it. It charges a key once for ever, gives the
 * same answer to whoever asks again, and can lose answers, be down or be slow. The sandbox's provider has the same rules
 * over HTTP; this one leaves HTTP out.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { compensation, contract, type Duration, days, keyed, seconds } from '../../lib/contract/index.ts';
import { type AtomFunction, NotAttempted, serve, Transient } from '../../lib/runtime/index.ts';

/** How the bank takes one request. */
export type Mood =
  | 'works'
  | 'declines'
  /** Does it, and the answer is lost. */
  | 'answer lost'
  /** Nothing is known of what it did; it did nothing. */
  | 'down'
  /** Surely not reached. */
  | 'refused'
  /** Takes longer than the handler's second. */
  | 'slow'
  /** Answers with something that the contract does not know. */
  | 'talks nonsense';

export const charge = (keyLifetime: Duration = days(1)) =>
  contract({
    name: 'charge-card',
    version: '1.0.0',
    summary: 'Charges a card.',
    input: z.object({ amount: z.int() }),
    output: z.object({ chargeId: z.string() }),
    failures: { CardDeclined: z.object({ reason: z.string() }) },
    effect: keyed({ keyLifetime }),
    timeout: seconds(1),
  });

export const refund = compensation(charge(), {
  name: 'refund-card',
  version: '1.0.0',
  summary: 'Refunds a charge.',
  output: z.object({ refundId: z.string() }),
  effect: keyed({ keyLifetime: days(1) }),
  timeout: seconds(1),
});

export class Bank {
  /** What was done, by key: at most once each, whatever is asked. */
  readonly charges = new Map<string, { readonly chargeId: string } | 'declined'>();
  readonly refunds = new Map<string, string>();
  /** Every request, by the key that came with it. */
  readonly asked: string[] = [];
  #moods: Mood[] = [];
  #held: { readonly asked: () => void; readonly until: Promise<void> } | undefined;

  /** How the next requests are taken; afterwards it works. */
  will(...moods: readonly Mood[]): this {
    this.#moods = [...moods];
    return this;
  }

  /** Holds the next request until the given promise is settled. @returns when that request has come */
  hold(until: Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = { asked: resolve, until };
    return promise;
  }

  /** An instance of the Lambda function that charges. */
  charging(keyLifetime?: Duration): AtomFunction {
    return serve(charge(keyLifetime), async ({ amount }, { key, fail }) => {
      const mood = await this.#reached(key);
      const known = this.charges.get(key) ?? (mood === 'declines' ? 'declined' : { chargeId: `charge of ${amount}` });
      this.charges.set(key, known);
      if (mood === 'answer lost') throw new Transient('The answer was lost.');
      if (mood === 'talks nonsense') return {} as never;
      return known === 'declined' ? fail('CardDeclined', { reason: 'empty' }) : known;
    });
  }

  /** An instance of the Lambda function that refunds. */
  refunding(): AtomFunction {
    return serve(refund, async ({ output }, { key }) => {
      const mood = await this.#reached(key);
      const refundId = this.refunds.get(key) ?? `refund of ${output.chargeId}`;
      this.refunds.set(key, refundId);
      if (mood === 'answer lost') throw new Transient('The answer was lost.');
      return { refundId };
    });
  }

  async #reached(key: string): Promise<Mood> {
    const mood = this.#moods.shift() ?? 'works';
    if (mood === 'refused') throw new NotAttempted('The connection was refused.');
    this.asked.push(key);
    if (mood === 'down') throw new Transient('503');
    if (mood === 'slow') await sleep(1_500);
    this.#held?.asked();
    await this.#held?.until;
    return mood;
  }
}
