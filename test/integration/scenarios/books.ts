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

/** The states of an order that nothing happens to. */
export const HAPPY_PATH = ['price', 'risk', 'review', 'stock', 'payment', 'shipment', 'orderFulfilled', 'receipt'];
