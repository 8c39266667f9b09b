import type { EffectKind, LedgerEntry } from './ledger.ts';

/** What happened for an order, or for all of them. Amounts in cents. */
export interface Account {
  readonly charges: number;
  readonly refunds: number;
  readonly charged: number;
  readonly refunded: number;
  /** Charged − refunded. */
  readonly paid: number;
  readonly shipments: number;
  readonly cancellations: number;
  /** Shipments − cancellations. */
  readonly underWay: number;
}

export interface Accounts {
  readonly total: Account;
  readonly orders: ReadonlyMap<string, Account>;
}

/** Adds up what the ledgers of one or more providers say, by order; only what happened counts. */
export function account(entries: readonly LedgerEntry[]): Accounts {
  const happened = entries.filter(({ id }) => id !== undefined);
  const byOrder = new Map<string, LedgerEntry[]>();
  for (const entry of happened) {
    const { orderId = '' } = entry;
    byOrder.set(orderId, [...(byOrder.get(orderId) ?? []), entry]);
  }
  return {
    total: sum(happened),
    orders: new Map([...byOrder].map(([orderId, those]) => [orderId, sum(those)])),
  };
}

function sum(entries: readonly LedgerEntry[]): Account {
  const of = (kind: EffectKind) => entries.filter((entry) => entry.kind === kind);
  const cents = (kind: EffectKind) => of(kind).reduce((total, { amount = 0 }) => total + amount, 0);
  const [charged, refunded] = [cents('charge'), cents('refund')];
  const [shipments, cancellations] = [of('shipment').length, of('cancellation').length];
  return {
    charges: of('charge').length,
    refunds: of('refund').length,
    charged,
    refunded,
    paid: charged - refunded,
    shipments,
    cancellations,
    underWay: shipments - cancellations,
  };
}
