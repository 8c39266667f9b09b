import type { FaultDefinition } from '../../../lib/sandbox/index.ts';
import type { EmulatedEnd } from '../emulated/ending.ts';

/** An order, and what it meets beside the kills. */
export interface Story {
  readonly name: string;
  readonly change?: Readonly<Record<string, unknown>>;
  readonly available?: number;
  readonly fault?: FaultDefinition;
  /** How often its event is published. Once when left out. */
  readonly events?: number;
  /** How it may end, beside failing as compensated when the kills leave it no attempt. */
  readonly end: Pick<EmulatedEnd, 'kind' | 'detail'>;
}

const FULFILLED = { kind: 'succeeded', detail: '' } as const;

/** Of twenty orders, these are the first; the rest are ordinary. All paths of the workflow are among them. */
const SPECIAL: readonly Story[] = [
  {
    name: 'card declined',
    change: { card: 'tok_declined' },
    end: { kind: 'declined', detail: 'payment CardDeclined' },
  },
  { name: 'no carrier', change: { country: 'AQ' }, end: { kind: 'declined', detail: 'shipment NoCarrier' } },
  { name: 'no carrier', change: { country: 'AQ' }, end: { kind: 'declined', detail: 'shipment NoCarrier' } },
  { name: 'out of stock', available: 0, end: { kind: 'declined', detail: 'stock OutOfStock' } },
  {
    name: 'too risky',
    change: { email: 'x@mailinator.com', lines: [{ sku: 'desk', quantity: 50, unitPrice: 50_000 }] },
    end: { kind: 'declined', detail: 'review RiskTooHigh' },
  },
  {
    name: 'every answer lost',
    fault: { kind: 'lose-answer', provider: 'payments', operation: 'charge', times: 4 },
    end: { kind: 'failed', detail: 'Compensated.Transient' },
  },
  {
    name: 'carrier down once',
    fault: { kind: 'down', provider: 'carrier', operation: 'shipment', times: 1 },
    end: FULFILLED,
  },
  {
    name: 'refund fails once',
    change: { country: 'AQ' },
    fault: { kind: 'error', provider: 'payments', operation: 'refund', times: 1 },
    end: { kind: 'declined', detail: 'shipment NoCarrier' },
  },
  { name: 'event sent twice', events: 2, end: FULFILLED },
];

const ORDINARY: Story = { name: 'ordinary', end: FULFILLED };
const ROUND = 20;

/** So many orders, all paths mixed, in an order that the draws decide. */
export function stories(count: number, draw: () => number): readonly Story[] {
  const all = Array.from({ length: count }, (_, index) => SPECIAL[index % ROUND] ?? ORDINARY);
  for (let index = all.length - 1; index > 0; index -= 1) {
    const other = Math.floor(draw() * (index + 1));
    [all[index], all[other]] = [all[other] as Story, all[index] as Story];
  }
  return all;
}
