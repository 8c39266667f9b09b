import type { Json } from './http.ts';

/** What providers keep: effects, and look-ups for the sake of their count. */
export type EntryKind = EffectKind | LookupKind;
export type EffectKind = 'charge' | 'refund' | 'shipment' | 'cancellation' | 'request';
export type LookupKind = 'find-charge' | 'find-shipment' | 'find-request';

/** All that a provider knows of one idempotency key. */
export interface LedgerEntry {
  /** The idempotency key; of a look-up `find:` and the key looked for. */
  readonly key: string;
  readonly kind: EntryKind;
  /** How many calls asked for it, refused and failed ones included. Exact. */
  readonly calls: number;
  /** Of method, path and body: another one under the same key is a mistake of the caller. */
  readonly fingerprint: string;
  /** Absent while nobody knows it, as in a refund of an unknown charge. */
  readonly orderId?: string;
  /** What the first caller said it was, in `x-breakwater-step`. */
  readonly step?: string;
  /** A call is at it until then, in epoch milliseconds. */
  readonly busyUntil?: number;
  /** Given once and for all: whoever calls with this key again gets it again. */
  readonly answer?: { readonly status: number; readonly body: Json };
  /** What the provider calls the effect (chargeId, shipmentId, …). Absent when nothing happened. */
  readonly id?: string;
  /** In cents; only of charges and refunds that happened. */
  readonly amount?: number;
  /** How much of it can still be taken back: cents of a charge, 1 or 0 of a shipment. */
  readonly remaining?: number;
  /** When the answer was decided, in epoch milliseconds. */
  readonly at?: number;
}

/** A call to be counted. */
export interface Call {
  readonly key: string;
  readonly kind: EntryKind;
  readonly fingerprint: string;
  readonly orderId?: string;
  readonly step?: string;
}

/** What becomes of a key, written in one piece with what it takes from another entry. */
export interface Conclusion {
  readonly answer: { readonly status: number; readonly body: Json };
  readonly at: number;
  readonly id?: string;
  readonly amount?: number;
  readonly remaining?: number;
  /** The entry of which this takes something back, and how much. */
  readonly takes?: { readonly key: string; readonly amount: number };
}

/** `concluded`: by this call. `before`: another call was first. `exceeded`: there is not that much to take. */
export type Concluded = 'concluded' | 'before' | 'exceeded';

/** Where one provider keeps its entries. Each operation is atomic, whoever else is at it. */
export interface Ledger {
  /** Counts a call and returns what is known of its key, the call included. The first call's facts stay. */
  count(call: Call): Promise<LedgerEntry>;
  find(key: string): Promise<LedgerEntry | undefined>;
  /** Says that a call is at a key until then; false when the key is answered, or somebody else is at it. */
  occupy(key: string, now: number, until: number): Promise<boolean>;
  conclude(key: string, conclusion: Conclusion): Promise<Concluded>;
  /** Everything, in the order in which it was decided; what is undecided last. */
  entries(): Promise<readonly LedgerEntry[]>;
}

/** Two writes met and the store let neither wait. Nothing was written by this one. */
export class LedgerContention extends Error {
  override readonly name = 'LedgerContention';
}

export const inOrder = (entries: readonly LedgerEntry[]): readonly LedgerEntry[] =>
  entries.toSorted((a, b) => (a.at ?? Number.POSITIVE_INFINITY) - (b.at ?? Number.POSITIVE_INFINITY) || 0);
