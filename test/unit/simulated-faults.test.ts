import { expect, test } from '@jest/globals';
import { handler as assessRisk } from '../../lambdas/orders/assess-risk/handler.ts';
import { handler as bookShipment } from '../../lambdas/orders/book-shipment/handler.ts';
import { handler as cancelShipment } from '../../lambdas/orders/cancel-shipment/handler.ts';
import { handler as chargePayment } from '../../lambdas/orders/charge-payment/handler.ts';
import { handler as notifyCustomer } from '../../lambdas/orders/notify-customer/handler.ts';
import { handler as priceOrder } from '../../lambdas/orders/price-order/handler.ts';
import { handler as refundPayment } from '../../lambdas/orders/refund-payment/handler.ts';
import { handler as releaseInventory } from '../../lambdas/orders/release-inventory/handler.ts';
import { handler as reserveInventory } from '../../lambdas/orders/reserve-inventory/handler.ts';
import {
  FAULTS,
  type FaultKind,
  type PlannedFault,
  PlannedFaults,
  type Run,
  Simulation,
} from '../../lib/simulation/index.ts';
import { simulation as world } from '../../state-machines/orders/fulfil-order/simulation.ts';
import { fulfilOrder } from '../../state-machines/orders/fulfil-order/workflow.ts';

const simulation = new Simulation({
  ...world,
  workflow: fulfilOrder,
  atoms: [
    assessRisk,
    bookShipment,
    cancelShipment,
    chargePayment,
    notifyCustomer,
    priceOrder,
    refundPayment,
    releaseInventory,
    reserveInventory,
  ],
});

const orders = [simulation.order('fulfilled')];
const run = (...faults: readonly PlannedFault[]): Promise<Run> =>
  simulation.run(orders, { faults: new PlannedFaults(faults) });

/** What can be seen of a run, the faults themselves left out. */
const seen = ({ points, effects, records, left, milliseconds }: Run): string =>
  JSON.stringify({ points: points.map(({ id, at }) => [id, at]), effects, records, left, milliseconds });

/** The event of an execution that ended by itself is never waited for. */
const AFTER_A_STOP: ReadonlySet<FaultKind> = new Set(['missed']);
const STOP: PlannedFault = { at: 'order/shipment entered#1', kind: 'stopped' };

test.each(Object.keys(FAULTS) as FaultKind[])(
  '%s changes a run somewhere: a fault that does nothing proves nothing',
  async (kind) => {
    const before = AFTER_A_STOP.has(kind) ? [STOP] : [];
    const without = await run(...before);
    const places = without.points.filter(({ kinds }) => kinds.includes(kind));
    expect(places).not.toHaveLength(0);
    const changed: string[] = [];
    for (const { id } of places) {
      const struck = await run(...before, { at: id, kind });
      expect(struck.struck).toContainEqual({ at: id, kind });
      if (seen(struck) !== seen(without)) changed.push(id);
    }
    expect(changed).not.toHaveLength(0);
  },
);
