/**
 * A provider that does not deduplicate, but can be asked what it has under a reference, and the atoms of each kind that
 * use it. What it is sent twice it does twice; it can lose answers, refuse, be down, and come to a request late.
 */
import * as z from 'zod';
import { contract, type Effect, type Preconditions, seconds } from '../../lib/contract/index.ts';
import {
  type AtomFunction,
  type Context,
  NotAttempted,
  OutcomeUnknown,
  serve,
  Transient,
} from '../../lib/runtime/index.ts';

/** How the carrier takes one request. */
export type Manner =
  | 'works'
  | 'refuses'
  /** Does it, and the answer is lost. */
  | 'answer lost'
  /** Does nothing, and nobody can know. */
  | 'down'
  /** The connection is lost; the request comes to its effect when `arrives` says so. */
  | 'late'
  /** Surely not reached. */
  | 'unreached';

/** What it says when it is asked. */
export type Word = 'truth' | 'down' | 'unreached' | 'nonsense' | 'that nobody knows';

const Parcel = z.object({ weight: z.int() });
type Parcel = z.infer<typeof Parcel>;
type BookingFailures = { readonly NoCarrier: { readonly country: string } };

export const PARCEL: Parcel = { weight: 7 };
export const SHIPMENT = { shipmentId: 'shipment of 7' };
export const NO_CARRIER = { country: 'AQ' };

export const booking = <E extends Effect>(effect: E, preconditions: Preconditions<Parcel> = {}) =>
  contract({
    name: 'book-shipment',
    version: '1.2.0',
    summary: 'Books a shipment.',
    input: Parcel,
    output: z.object({ shipmentId: z.string() }),
    failures: { NoCarrier: z.object({ country: z.string() }) },
    effect,
    timeout: seconds(10),
    preconditions,
  });

export class Carrier {
  /** What it has, by reference, as often as it was done. */
  readonly booked: string[] = [];
  readonly refused = new Set<string>();
  /** `do` and `find`, in the order in which they came to it. */
  readonly asked: string[] = [];
  /** Called when a request has come to it, before it answers. */
  whenAsked: () => Promise<void> | void = () => undefined;
  #manners: Manner[] = [];
  #words: Word[] = [];
  readonly #late: string[] = [];

  /** How the next requests are taken; afterwards it works. */
  will(...manners: readonly Manner[]): this {
    this.#manners = [...manners];
    return this;
  }

  /** What it says when it is asked next; afterwards the truth. */
  says(...words: readonly Word[]): this {
    this.#words = [...words];
    return this;
  }

  /** Requests that were on their way come to their effect. */
  arrives(): void {
    this.booked.push(...this.#late.splice(0));
  }

  /** An instance of the Lambda function that books, by a contract with this effect. */
  booking(effect: Effect, preconditions: Preconditions<Parcel> = {}): AtomFunction {
    const act = (parcel: Parcel, context: Context<BookingFailures>) => this.#book(parcel, context);
    const find = (_: Parcel, context: Context<BookingFailures>) => this.#find(context);
    const served = effect.kind === 'lookup' || (effect.kind === 'keyed' && effect.find) ? { do: act, find } : act;
    return serve(booking(effect, preconditions), served);
  }

  async #book({ weight }: Parcel, { key, fail }: Context<BookingFailures>) {
    const manner = this.#manners.shift() ?? 'works';
    if (manner === 'unreached') throw new NotAttempted('The connection was refused.');
    this.asked.push('do');
    await this.whenAsked();
    if (manner === 'down') throw new Transient('503');
    if (manner === 'late') this.#late.push(key);
    else if (manner === 'refuses') this.refused.add(key);
    else this.booked.push(key);
    if (manner === 'late' || manner === 'answer lost') throw new Transient('The answer was lost.');
    return manner === 'refuses' ? fail('NoCarrier', NO_CARRIER) : { shipmentId: `shipment of ${weight}` };
  }

  async #find({ key, fail }: Context<BookingFailures>) {
    this.asked.push('find');
    const known = this.booked.includes(key)
      ? SHIPMENT
      : this.refused.has(key)
        ? fail('NoCarrier', NO_CARRIER)
        : undefined;
    await this.whenAsked();
    const word = this.#words.shift() ?? 'truth';
    if (word === 'down') throw new Transient('503');
    if (word === 'unreached') throw new NotAttempted('The connection was refused.');
    if (word === 'nonsense') return { shipmentId: 7 } as never;
    if (word === 'that nobody knows') throw new OutcomeUnknown('Two shipments have this reference.');
    return known;
  }
}
