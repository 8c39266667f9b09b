import { assessRisk } from '../../../lambdas/orders/assess-risk/contract.ts';
import { bookShipment } from '../../../lambdas/orders/book-shipment/contract.ts';
import { cancelShipment } from '../../../lambdas/orders/cancel-shipment/contract.ts';
import { chargePayment } from '../../../lambdas/orders/charge-payment/contract.ts';
import { orderFulfilled, orderPlaced } from '../../../lambdas/orders/domain.ts';
import { notifyCustomer } from '../../../lambdas/orders/notify-customer/contract.ts';
import { priceOrder } from '../../../lambdas/orders/price-order/contract.ts';
import { refundPayment } from '../../../lambdas/orders/refund-payment/contract.ts';
import { releaseInventory } from '../../../lambdas/orders/release-inventory/contract.ts';
import { reserveInventory } from '../../../lambdas/orders/reserve-inventory/contract.ts';
import { minutes } from '../../../lib/contract/index.ts';
import { equals, workflow } from '../../../lib/workflow/index.ts';

/** An order from its event to the parcel: every effect is undone exactly when a later step fails. */
export const fulfilOrder = workflow('fulfil-order', orderPlaced, {
  version: '1.0.0',
  deadline: minutes(15),
  slo: { availability: 0.999 },
})
  .step('price', priceOrder, ({ input }) => ({ lines: input.lines, country: input.country }))
  .step('risk', assessRisk, ({ input, price }) => ({
    customerId: input.customerId,
    email: input.email,
    country: input.country,
    lines: input.lines,
    total: price.total,
  }))
  .choose(
    'review',
    ({ risk }) => equals(risk.level, 'high'),
    (high) => high.decline('RiskTooHigh', ({ risk }) => ({ score: risk.score, reasons: risk.reasons })),
    (low) => low.returns(() => 'accepted'),
  )
  .step('stock', reserveInventory, ({ input }) => ({ orderId: input.orderId, lines: input.lines }), {
    undo: releaseInventory,
  })
  .step(
    'payment',
    chargePayment,
    ({ input, price }) => ({ orderId: input.orderId, card: input.card, amount: price.total }),
    {
      undo: refundPayment,
    },
  )
  .step(
    'shipment',
    bookShipment,
    ({ input, stock }) => ({
      orderId: input.orderId,
      country: input.country,
      holdId: stock.holdId,
      lines: input.lines,
    }),
    { undo: cancelShipment },
  )
  .emit(orderFulfilled, ({ input, price, payment, shipment }) => ({
    orderId: input.orderId,
    chargeId: payment.chargeId,
    shipmentId: shipment.shipmentId,
    total: price.total,
  }))
  .send('receipt', notifyCustomer, ({ input, price, shipment }) => ({
    orderId: input.orderId,
    email: input.email,
    shipmentId: shipment.shipmentId,
    total: price.total,
  }))
  .returns(({ payment, shipment, price }) => ({
    chargeId: payment.chargeId,
    shipmentId: shipment.shipmentId,
    total: price.total,
  }));
