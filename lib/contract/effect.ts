import type { Duration } from './duration.ts';

/**
 * What an atom changes outside itself, and how exactly that can be done. The runtime holds to it, and the compiler
 * builds settle and compensation from it.
 */
export type Effect =
  | PureEffect
  | TransactionEffect
  | KeyedEffect
  | FindableKeyedEffect
  | LookupEffect
  | UnguardedEffect;

/** Changes nothing: may be called as often as one likes. */
export interface PureEffect {
  readonly kind: 'pure';
}

/** DynamoDB writes, committed by the runtime together with the step's record: exactly once. */
export interface TransactionEffect {
  readonly kind: 'transaction';
}

/** A provider that takes an idempotency key and does the same thing once for as long as it remembers the key. */
export interface KeyedEffect {
  readonly kind: 'keyed';
  /** How long the provider remembers a key (Stripe: 24 h at least; Adyen: 7 days). */
  readonly keyLifetime: Duration;
  readonly find?: false;
}

/** A keyed effect that can be asked for as well, so that settling does nothing anew, and a forgotten key is no end. */
export interface FindableKeyedEffect extends Asked {
  readonly kind: 'keyed';
  readonly keyLifetime: Duration;
  readonly find: true;
}

/** A provider that does not deduplicate, but can be asked what it did under a reference (the step's key). */
export interface LookupEffect extends Asked {
  readonly kind: 'lookup';
}

/** Of an effect whose provider can be asked: its atom is served with `find`. */
interface Asked {
  /**
   * The longest that a request may still be on its way when its attempt is over, and that its effect may take to be
   * found: queues at the provider, a list that is updated late. *Not found* counts from then on, and an attempt begins
   * again only after that. Too short, and what was not found may still happen: twice, or after the order was undone.
   * At most 10 minutes. A fact about the provider, so `timeScale` leaves it alone.
   */
  readonly quietAfter: Duration;
}

/**
 * A provider that can neither deduplicate nor be asked. Where duplicates are harmless (mail), an attempt whose outcome
 * is unknown is simply followed by another; where they are harmful, nothing is tried again and a person decides.
 */
export interface UnguardedEffect {
  readonly kind: 'none';
  readonly duplicates: 'harmless' | 'harmful';
}

/** An effect whose atom is served with `find`. */
export type FindableEffect = FindableKeyedEffect | LookupEffect;

export const pure: PureEffect = Object.freeze({ kind: 'pure' });
export const transaction: TransactionEffect = Object.freeze({ kind: 'transaction' });

/**
 * @example
 * keyed({ keyLifetime: days(1) })
 * keyed({ keyLifetime: days(1), find: true, quietAfter: minutes(1) }) // served with `find`
 */
export function keyed(options: { readonly keyLifetime: Duration; readonly find?: false }): KeyedEffect;
export function keyed(options: {
  readonly keyLifetime: Duration;
  readonly find: true;
  readonly quietAfter: Duration;
}): FindableKeyedEffect;
export function keyed(
  options: Omit<KeyedEffect, 'kind'> | Omit<FindableKeyedEffect, 'kind'>,
): KeyedEffect | FindableKeyedEffect {
  return Object.freeze({ kind: 'keyed', ...options });
}

/**
 * @example
 * lookup({ quietAfter: seconds(30) }) // served with `find`
 */
export const lookup = (options: { readonly quietAfter: Duration }): LookupEffect =>
  Object.freeze({ kind: 'lookup', ...options });

export const unguarded = (options: { readonly duplicates: 'harmless' | 'harmful' }): UnguardedEffect =>
  Object.freeze({ kind: 'none', ...options });

/** Whether the provider can be asked what became of an attempt. */
export const isFindable = (effect: Effect): effect is FindableEffect =>
  effect.kind === 'lookup' || (effect.kind === 'keyed' && effect.find === true);

/** Whether a step with this effect can leave something behind that has to be settled, by a person at worst. */
export const leavesSomething = (effect: Effect): boolean =>
  effect.kind === 'none' ? effect.duplicates === 'harmful' : effect.kind !== 'pure';

/** Whether what was done can be told for certain, so that it can be taken back exactly. */
export const isUndoable = ({ kind }: Effect): boolean => kind !== 'pure' && kind !== 'none';
