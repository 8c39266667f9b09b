import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, test } from '@jest/globals';
import { type Harness, type PlacedOrder, WORKFLOW } from '../harness.ts';
import { FULFILLED } from './books.ts';
import { type Open, sideBySide } from './side-by-side.ts';

export function events(harness: Open): void {
  describe('an event', () => {
    const twice = sideBySide(async () => {
      const order = await harness().order('twice');
      await harness().send(order);
      await harness().send(order);
      const state = await harness().ended(order);
      await harness().send(order);
      return { order, state };
    });
    test('sent again, also after the end, starts one order', async () => {
      const { order, state } = await twice();
      expect(state.status).toBe('SUCCEEDED');
      expect(await harness().books(order)).toEqual(FULFILLED);
    }, 120_000);

    const conflict = sideBySide(async () => {
      const order = await harness().order('conflict');
      await harness().send(order);
      const state = await harness().ended(order);
      await harness().send({ ...order, data: { ...order.data, card: 'tok_other' } });
      return { order, state };
    });
    test('with the same id and another payload is rejected as a conflict', async () => {
      const { order } = await conflict();
      const { MessageAttributes } = await rejected(harness(), order);
      expect(MessageAttributes?.reason?.StringValue).toBe(
        `Event ${order.eventId} was admitted before with another payload.`,
      );
      expect(await harness().books(order)).toEqual(FULFILLED);
    }, 120_000);

    test('that is invalid never starts an execution, and lies in the rejected queue with the reason', async () => {
      const order = await harness().place('invalid', { email: 'nobody', lines: [] });
      const { MessageAttributes } = await rejected(harness(), order);
      expect(MessageAttributes?.reason?.StringValue).toMatch(/data\.email: .*received "\[personal\]"\).*data\.lines/);
      expect(await harness().app.execution(WORKFLOW, order.eventId)).toBeUndefined();
    }, 120_000);
  });

  describe('an order started by StartExecution on the alias', () => {
    test('is fulfilled like one from an event', async () => {
      const order = await harness().order('direct');
      const { liveArn } = await harness().app.workflow(WORKFLOW);
      await harness().app.stepFunctions.send(
        new StartExecutionCommand({ stateMachineArn: liveArn, name: order.eventId, input: JSON.stringify(order.data) }),
      );
      expect((await harness().ended(order)).status).toBe('SUCCEEDED');
      expect(await harness().books(order)).toEqual(FULFILLED);
    }, 120_000);
  });
}

const rejected = (harness: Harness, order: PlacedOrder) =>
  harness.eventually(async () => {
    const messages = await harness.app.peek(`rejected-${WORKFLOW}`);
    return messages.find(({ Body = '' }) => Body.includes(order.eventId));
  }, `the rejection of ${order.eventId}`);
