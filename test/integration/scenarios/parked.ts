import { ListTopicsCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect } from '@jest/globals';
import { delay } from '../../faults/index.ts';
import { type Harness, WORKFLOW } from '../harness.ts';
import { type Open, onEmulator, sideBySide } from './side-by-side.ts';

export function parkedSteps(harness: Open): void {
  describe('an undo that can never be done', () => {
    const parked = sideBySide(async () => {
      const operators = await listenToOperators(harness());
      const order = await harness().order('parked', { country: 'AQ' });
      harness().faults.inject({
        operation: 'http.POST /shipments',
        body: new RegExp(order.orderId),
        action: delay(600),
      });
      await harness().send(order);
      // Somebody meddles with the hold while the shipment is being booked.
      const holdId = await harness().eventually(async () => {
        const outcome = (await harness().app.records(WORKFLOW, order.eventId)).get('stock')?.outcome;
        return (outcome as { value?: { holdId: string } } | undefined)?.value?.holdId;
      }, 'the hold');
      await harness().app.putItem('holds', { holdId, state: 'lost' });
      const state = await harness().ended(order);
      return { order, state, operators };
    });

    onEmulator(
      'is parked as a row, the operators are told, the other undos are done, and the order ends as parked',
      async () => {
        const { order, state, operators } = await parked();
        expect(state).toMatchObject({ status: 'FAILED', error: 'Parked.Declared.NoCarrier' });
        expect(await harness().books(order)).toMatchObject({ charges: 1, refunds: 1, paid: 0, stock: 9 });
        const row = await harness().eventually(
          async () => (await harness().app.records(WORKFLOW, order.eventId)).get('stock~parked~undo'),
          'the parked row',
        );
        expect(row).toMatchObject({
          verb: 'undo',
          error: 'Contract',
          parkedIn: WORKFLOW,
          correlationId: order.eventId,
        });
        await harness().eventually(async () => {
          const told = await harness().app.peek(operators);
          return told.find(({ Body = '' }) => Body.includes(order.eventId) && Body.includes('undo stock: Contract'));
        }, 'the message to the operators');
      },
      120_000,
    );
  });
}

/** @returns the name of a queue that gets what the operators are told */
async function listenToOperators({ app, target }: Harness): Promise<string> {
  const name = `operators-${Date.now()}`;
  const sns = new SNSClient(target.settings);
  const { QueueUrl } = await app.sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await app.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const { Topics = [] } = await sns.send(new ListTopicsCommand({}));
  const topic = Topics.find(({ TopicArn = '' }) => TopicArn.endsWith('breakwater-operators'));
  await sns.send(new SubscribeCommand({ TopicArn: topic?.TopicArn, Protocol: 'sqs', Endpoint: Attributes?.QueueArn }));
  return name;
}
