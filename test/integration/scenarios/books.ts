import { nodesOf } from '../../../lib/workflow/index.ts';
import { fulfilOrder } from '../../../state-machines/orders/fulfil-order/workflow.ts';
import type { Books } from '../harness.ts';

/** What the books say of an order that cost 54.90 and has ten of its product in stock. */
export const UNTOUCHED: Books = {
  charges: 0,
  refunds: 0,
  paid: 0,
  shipments: 0,
  cancellations: 0,
  underWay: 0,
  stock: 10,
};
export const FULFILLED: Books = {
  charges: 1,
  refunds: 0,
  paid: 5_490,
  shipments: 1,
  cancellations: 0,
  underWay: 1,
  stock: 9,
};
/** Charged and refunded, the stock released; a shipment was not booked. */
export const REFUNDED: Books = { ...UNTOUCHED, charges: 1, refunds: 1 };

const nodes = [...nodesOf(fulfilOrder.plan.body)];

/** The states of an order that nothing happens to: one a step. */
export const HAPPY_PATH: readonly string[] = nodes.map(({ name }) => name);

/** The states up to a step, that one included. */
export const upTo = (step: string): readonly string[] => HAPPY_PATH.slice(0, HAPPY_PATH.indexOf(step) + 1);

/** The undos of what stands before a step, newest first; of the step itself as well if it was settled. */
export const undosBefore = (step: string, settled = false): readonly string[] =>
  nodes
    .slice(0, HAPPY_PATH.indexOf(step) + (settled ? 1 : 0))
    .flatMap((node) => (node.kind === 'step' && node.undo ? [`undo-${node.name}`] : []))
    .toReversed();
