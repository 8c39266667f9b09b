import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect } from '@jest/globals';
import { executionArnOf } from '../../../lib/operations/index.ts';
import { throttle } from '../../faults/index.ts';
import { TIME_SCALE, WORKFLOW } from '../harness.ts';
import { REFUNDED } from './books.ts';
import { type Open, onEmulator, sideBySide } from './side-by-side.ts';

export function stoppedOrders(harness: Open): void {
  describe(`an order stopped in the middle (at ${TIME_SCALE} of real time)`, () => {
    const stopped = sideBySide(async () => {
      const order = await harness().order('stopped');
      // The shipment is never booked: every attempt to claim its key is refused.
      const stuck = harness().faults.inject({
        function: 'book-shipment-v1',
        operation: 'dynamodb.UpdateItem',
        body: new RegExp(order.eventId),
        action: throttle(),
      });
      await harness().send(order);
      const atShipment = async () => (await harness().states(order)).includes('shipment') || undefined;
      await harness().eventually(atShipment, 'the shipment to begin');
      const executionArn = executionArnOf(await harness().app.workflow(WORKFLOW), order.eventId);
      await harness().app.stepFunctions.send(new StopExecutionCommand({ executionArn, cause: 'test' }));
      const undo = await harness().eventually(async () => {
        const state = await harness().app.undoExecution(WORKFLOW, order.eventId);
        return state && state.status !== 'RUNNING' ? state : undefined;
      }, 'the undo execution');
      stuck.remove();
      return { order, undo };
    });
    onEmulator(
      'is undone by the undo machine from its records, and can never go on',
      async () => {
        const { order, undo } = await stopped();
        expect(undo).toMatchObject({ status: 'SUCCEEDED', output: { status: 'undone' } });
        expect(await harness().books(order)).toEqual(REFUNDED);
        const records = await harness().app.records(WORKFLOW, order.eventId);
        expect(records.get('shipment')?.outcome).toMatchObject({ fenced: expect.any(String) });
        expect(records.get('payment')?.undoneAt).toEqual(expect.any(Number));
      },
      180_000,
    );
  });
}
