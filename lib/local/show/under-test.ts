import type { DemonstratedStep, EndedOrder, Incident, StepColumn } from '../demonstration/index.ts';
import { type Line, textOf } from './line.ts';

/** The steps of the reference, as a table shows them. */
export const COLUMNS: readonly StepColumn[] = ['price', 'risk', 'stock', 'payment', 'shipment', 'event', 'receipt'].map(
  (name) => ({ name, label: name }),
);

/** `price`, `payment×2`, `stock✘`, `payment…` (under way), `undo:stock`, `settle:payment×2…` */
export function steps(text: string): readonly DemonstratedStep[] {
  return text.split(' ').flatMap((word) => {
    const [, kind = 'step', name, attempts = '1', failed, underWay] =
      /^(?:(undo|settle):)?([a-z]+)(?:×(\d+))?(✘)?(…)?$/.exec(word) ?? [];
    if (name === undefined) return [];
    return [
      {
        name,
        kind: kind as DemonstratedStep['kind'],
        attempts: Number(attempts),
        failed: failed !== undefined,
        underWay: underWay !== undefined,
      },
    ];
  });
}

export const OUTAGE: Incident = {
  story: 'payments down',
  fault: { kind: 'down', provider: 'payments' },
  afterOrders: 1,
  milliseconds: 6_000,
  step: 'payment',
  ends: ['failed'],
};

/** An order that was fulfilled, unless something else is said of it. */
export function ended(number: number, change: Partial<EndedOrder> = {}): EndedOrder {
  return {
    number,
    order: {
      orderId: `run-${number}`,
      event: { id: `order-${number}`, type: 'order-placed', data: {} },
      sent: 1,
      expected: ['fulfilled'],
    },
    end: 'fulfilled',
    steps: steps('price risk stock payment shipment event receipt'),
    milliseconds: 1_234,
    right: true,
    worth: 48_000,
    ...change,
  };
}

/** Lines as they would stand on a terminal. */
export const written = (lines: readonly Line[]): readonly string[] => lines.map((line) => textOf(line).trimEnd());
