import type { LedgerEntry } from '../../../lib/sandbox/index.ts';
import { type Harness, type PlacedOrder, WORKFLOW } from '../../integration/harness.ts';
import { FULFILLED, UNTOUCHED } from '../../integration/scenarios/books.ts';
import type { EmulatedEnd } from './ending.ts';

/** The ledgers of all providers, by execution. */
export type Ledgers = ReadonlyMap<string, readonly LedgerEntry[]>;

/** What happened at the providers, by the execution that asked for it; what was refused and looked up left out. */
export async function ledgersByExecution({ app }: Harness): Promise<Ledgers> {
  const entries = await Promise.all([app.sandbox.readLedger('payments'), app.sandbox.readLedger('carrier')]);
  const happened = entries.flat().filter(({ id }) => id !== undefined);
  return Map.groupBy(happened, ({ step = '' }) => step.slice(0, step.indexOf('/')));
}

/** What is wrong with an order that has ended, a sentence each: its books, its records, or that both disagree. */
export async function wrongWith(
  harness: Harness,
  order: PlacedOrder,
  end: EmulatedEnd,
  accounts: Awaited<ReturnType<Harness['app']['sandbox']['account']>>,
  ledgers: Ledgers,
): Promise<readonly string[]> {
  const [books, records] = await Promise.all([
    harness.books(order, accounts),
    harness.app.records(WORKFLOW, order.eventId),
  ]);
  const available = order.available;
  const nothingKept = {
    ...UNTOUCHED,
    charges: Math.min(books.charges, 1),
    refunds: Math.min(books.charges, 1),
    shipments: Math.min(books.shipments, 1),
    cancellations: Math.min(books.shipments, 1),
    stock: available,
  };
  const expected = end.kind === 'succeeded' ? FULFILLED : nothingKept;
  const wrong: string[] = [];
  if (end.kind === 'unfinished') wrong.push(`${order.orderId} has not ended: ${end.detail}.`);
  if (end.parked) wrong.push(`${order.orderId} waits for a person: ${end.detail}.`);
  if (JSON.stringify(books) !== JSON.stringify(expected)) {
    wrong.push(`The books of ${order.orderId}, which ${end.kind} ${end.detail}, say ${JSON.stringify(books)}.`);
  }
  const effects = ledgers.get(`${WORKFLOW}:${order.eventId}`) ?? [];
  return [...wrong, ...disagreements(order, records, effects)];
}

const AT_PROVIDERS: ReadonlySet<string> = new Set(['payment', 'payment~undo', 'shipment', 'shipment~undo']);

function* disagreements(
  { orderId }: PlacedOrder,
  records: ReadonlyMap<string, Readonly<Record<string, unknown>>>,
  effects: readonly LedgerEntry[],
): Generator<string> {
  for (const [step, { status, outcome }] of records) {
    if (status === 'INPROGRESS') yield `The record of ${orderId}/${step} is left open.`;
    const value = (outcome as { value?: unknown } | undefined)?.value;
    if (value === undefined || !AT_PROVIDERS.has(step)) continue;
    if (!effects.some((effect) => nameOf(effect) === step && Object.values(value as object).includes(effect.id))) {
      yield `The record of ${orderId}/${step} says ${JSON.stringify(value)}, and no provider knows of it.`;
    }
  }
  for (const effect of effects) {
    const outcome = records.get(nameOf(effect))?.outcome as { value?: unknown } | undefined;
    if (outcome?.value === undefined) {
      yield `${effect.kind} ${effect.id} of ${orderId} happened, and the record of ${nameOf(effect)} says ${JSON.stringify(outcome) ?? 'nothing'}.`;
    }
  }
}

const nameOf = ({ step = '' }: LedgerEntry): string => step.slice(step.indexOf('/') + 1);
