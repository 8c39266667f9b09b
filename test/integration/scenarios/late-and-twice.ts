import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { describe, expect } from '@jest/globals';
import type { Envelope } from '../../../lib/contract/index.ts';
import { throttle } from '../../faults/index.ts';
import { type Harness, WORKFLOW } from '../harness.ts';
import { FULFILLED, REFUNDED } from './books.ts';
import { type Open, onEmulator } from './side-by-side.ts';

const envelopeOf = (body: string): Envelope & { readonly token: string } => JSON.parse(body);

/** These hold a queue back for a moment, so they run by themselves. */
export function lateAndTwice(harness: Open): void {
  describe('a message', () => {
    onEmulator(
      'delivered twice charges once',
      async () => {
        const queue = await harness().hold('charge-payment-v1');
        const order = await harness().place('delivered-twice');
        const { Body } = await queue.take(order);
        await Promise.all([queue.put(Body), queue.put(Body)]);
        await queue.release();
        expect((await harness().ended(order)).status).toBe('SUCCEEDED');
        expect(await harness().books(order)).toEqual(FULFILLED);
      },
      60_000,
    );

    onEmulator(
      'of one step sent with two tokens answers each with the one charge',
      async () => {
        const queue = await harness().hold('charge-payment-v1');
        const order = await harness().place('two-tokens');
        const { Body } = await queue.take(order);
        const second = await sendAgainWithOwnToken(harness(), queue.url, envelopeOf(Body));
        await queue.put(Body);
        await queue.release();
        const state = await harness().ended(order);
        const { chargeId } = (state.output as { value: { chargeId: string } }).value;
        expect(await second.answer()).toMatchObject({ chargeId });
        expect(await harness().books(order)).toEqual(FULFILLED);
      },
      60_000,
    );

    onEmulator(
      'that comes after its attempt has no time left is not started, and counted as stale',
      async () => {
        const queue = await harness().hold('charge-payment-v1');
        const order = await harness().place('stale');
        const { Body } = await queue.take(order);
        await sleep((envelopeOf(Body).notStartedAfter ?? 0) - Date.now() + 100);
        await queue.put(Body);
        await queue.release();
        expect(await harness().happenings('charge-payment-v1', order, 'stale')).toMatchObject([
          { step: 'payment', attempt: 1, Stale: 1 },
        ]);
        expect((await harness().ended(order)).status).toBe('SUCCEEDED');
        expect(await harness().books(order)).toEqual(FULFILLED);
        expect((await harness().ledger('payments', order)).map(({ calls }) => calls)).toEqual([1]);
      },
      60_000,
    );

    onEmulator(
      'that comes after its step was settled is refused by the fence, and counted as fenced',
      async () => {
        const queue = await harness().hold('book-shipment-v1');
        const order = await harness().order('fenced');
        const refused = harness().faults.inject({
          function: 'book-shipment-v1',
          operation: 'dynamodb.UpdateItem',
          body: new RegExp(order.eventId),
          action: throttle(),
        });
        await harness().send(order);
        const { Body } = await queue.take(order);
        await queue.release();
        expect(await harness().ended(order)).toMatchObject({ status: 'FAILED', error: 'Compensated.Transient' });
        refused.remove();
        await queue.put(Body);
        expect(await harness().happenings('book-shipment-v1', order, 'fenced')).toMatchObject([
          { step: 'shipment', attempt: 1, Fenced: 1 },
        ]);
        expect(await harness().books(order)).toEqual(REFUNDED);
        expect(await harness().ledger('carrier', order)).toEqual([]);
      },
      90_000,
    );
  });
}

/** A machine of the test's own, which sends the same step with a token of its own. */
async function sendAgainWithOwnToken(
  harness: Harness,
  QueueUrl: string,
  { token: _, ...envelope }: Envelope & { token: string },
) {
  const { stepFunctions } = harness.app;
  const definition = {
    QueryLanguage: 'JSONata',
    StartAt: 'again',
    States: {
      again: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
        TimeoutSeconds: 30,
        Arguments: {
          QueueUrl,
          MessageBody: "{% $merge([$states.input, {'token': $states.context.Task.Token}]) %}",
        },
        End: true,
      },
    },
  };
  const { stateMachineArn } = await stepFunctions.send(
    new CreateStateMachineCommand({
      name: `again-${envelope.correlationId}`,
      roleArn: 'arn:aws:iam::000000000000:role/again',
      definition: JSON.stringify(definition),
    }),
  );
  const { executionArn } = await stepFunctions.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(envelope) }),
  );
  return {
    answer: async (): Promise<unknown> => {
      const output = await harness.eventually(async () => {
        const execution = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
        if (execution.status === 'RUNNING') return undefined;
        return execution.output ?? `${execution.status}: ${execution.error}`;
      }, `the answer to the second token of ${envelope.execution} in ${WORKFLOW}`);
      await stepFunctions.send(new DeleteStateMachineCommand({ stateMachineArn }));
      return output.startsWith('{') ? JSON.parse(output) : output;
    },
  };
}
