import * as z from 'zod';
import { dependency, event, personal, table } from '../../lib/contract/index.ts';

/** Money is counted in cents, so that sums are exact. */
export const Cents = z.int().nonnegative();

export const Line = z.object({
  sku: z.string().min(1).max(40),
  quantity: z.int().min(1).max(100),
  unitPrice: Cents,
});

export const Order = z.object({
  orderId: z.string().min(1).max(64),
  customerId: z.string().min(1).max(64),
  email: personal(z.email()),
  /** What the payment provider gave the shop for the customer's card; never a card number. */
  card: personal(z.string().startsWith('tok_')),
  /** ISO 3166-1 alpha-2. */
  country: z.string().length(2),
  lines: z.array(Line).min(1).max(40),
});

/** How much of each product, lines of the same one added up: a transaction may touch an item only once. */
export function quantitiesBySku(lines: readonly { sku: string; quantity: number }[]): ReadonlyMap<string, number> {
  const quantities = new Map<string, number>();
  for (const { sku, quantity } of lines) quantities.set(sku, (quantities.get(sku) ?? 0) + quantity);
  return quantities;
}

export const orderPlaced = event({ name: 'order-placed', version: '1.0.0', payload: Order });

export const orderFulfilled = event({
  name: 'order-fulfilled',
  version: '1.0.0',
  payload: z.object({ orderId: z.string(), chargeId: z.string(), shipmentId: z.string(), total: Cents }),
});

/** What is in stock, an item a product. */
export const inventory = table('inventory', { partitionKey: 'sku' });
/** What was set aside for an order, an item a hold. */
export const holds = table('holds', { partitionKey: 'holdId' });

export const payments = dependency('payments');
export const carrier = dependency('carrier');
