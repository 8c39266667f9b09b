import { createHash } from 'node:crypto';
import type { EntryKind } from './ledger.ts';

/** The providers that are described here, and whatever else the app's contracts depend on. */
export type ProviderName = 'payments' | 'carrier' | (string & {});

/** What a provider is made to do wrong. */
export type Misbehaviour =
  /** 503 at once; nothing is done. */
  | { readonly kind: 'down' }
  /** 500; nothing is done. */
  | { readonly kind: 'error' }
  /** Takes this long before it does what it was asked, whether or not the caller waits. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** Says no: 402 for a charge, 404 for a shipment. Other operations can't be declined. */
  | { readonly kind: 'decline' }
  /** Does it, then 504, as a gateway answers when what is behind it dies. */
  | { readonly kind: 'lose-answer' };

/** Which calls it strikes. What is left out is not asked for. */
export interface FaultScope {
  readonly provider: ProviderName;
  readonly operation?: EntryKind;
  readonly orderId?: string;
  readonly orderIdPrefix?: string;
  /** How many calls it strikes before it is over. Without end when left out. */
  readonly times?: number;
  /** The share of calls that it strikes, 0 to 1; all when left out. */
  readonly rate?: number;
  /** Makes the same calls be struck again in another run: key and number of the call decide. 0 when left out. */
  readonly seed?: number;
}

export type FaultDefinition = Misbehaviour & FaultScope;
export type Fault = FaultDefinition & { readonly id: string };

/** Where the faults of one provider stand while they last. */
export interface FaultBoard {
  faults(): Promise<readonly Fault[]>;
  /** Uses up one of a fault's `times`; false when none was left. Each is given to one caller only. */
  take(id: string): Promise<boolean>;
  set(fault: Fault): Promise<void>;
  /** Removes one, or all when no id is given. */
  clear(id?: string): Promise<void>;
}

/** The call that a fault may strike. */
export interface StruckCall {
  readonly operation: EntryKind;
  readonly orderId: string | undefined;
  readonly key: string;
  /** The how-manieth with this key, from 1. */
  readonly number: number;
}

/** Whether a fault is meant for a call. Does not ask for `times`. */
export function concerns(fault: Fault, call: StruckCall): boolean {
  return (
    (fault.operation === undefined || fault.operation === call.operation) &&
    (fault.orderId === undefined || fault.orderId === call.orderId) &&
    (fault.orderIdPrefix === undefined || (call.orderId ?? '').startsWith(fault.orderIdPrefix)) &&
    (fault.rate === undefined || draw(fault, call) < fault.rate)
  );
}

/** From 0 up to 1, evenly spread, the same for the same seed, kind of fault, key and number of the call. */
function draw({ seed = 0, kind }: Fault, { key, number }: StruckCall): number {
  const digest = createHash('sha256').update(`${seed}\n${kind}\n${key}\n${number}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}
