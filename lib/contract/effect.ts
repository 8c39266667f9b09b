import type { Duration } from './duration.ts';

/**
 * What an atom changes outside itself, and how exactly that can be done. The runtime holds to it, and the compiler
 * builds settle and compensation from it.
 */
export type Effect = PureEffect | TransactionEffect | KeyedEffect | UnguardedEffect;

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
}

/** A provider that can neither deduplicate nor be asked. Allowed where a duplicate harms nobody (mail). */
export interface UnguardedEffect {
  readonly kind: 'none';
  readonly duplicates: 'harmless';
}

export const pure: PureEffect = Object.freeze({ kind: 'pure' });
export const transaction: TransactionEffect = Object.freeze({ kind: 'transaction' });
export const keyed = (options: { readonly keyLifetime: Duration }): KeyedEffect =>
  Object.freeze({ kind: 'keyed', ...options });
export const unguarded = (options: { readonly duplicates: 'harmless' }): UnguardedEffect =>
  Object.freeze({ kind: 'none', ...options });
