import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
} from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { marshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from '@jest/globals';
import {
  IdConflict,
  minutes,
  NotEnded,
  NotStarted,
  seconds,
  WorkflowFailed,
  workflowClient,
} from '../../../lib/client/index.ts';
import { fulfilOrder } from '../../../state-machines/orders/fulfil-order/workflow.ts';
import { loseAnswer, throttle } from '../../faults/index.ts';
import { type Harness, type PlacedOrder, WORKFLOW } from '../harness.ts';
import { FULFILLED, REFUNDED } from './books.ts';
import { CLIENT } from './permissions.ts';
import { type Open, onEmulator, sideBySide } from './side-by-side.ts';

const newClient = ({ target, faults }: Harness) => {
  // Through the proxy it is counted like a function.
  const settings = target.emulator ? { ...target.settings, endpoint: `${faults.endpoint}/${CLIENT}` } : target.settings;
  return workflowClient(fulfilOrder, {
    clients: {
      stepFunctions: new SFNClient(settings),
      dynamoDB: new DynamoDBClient(settings),
      ssm: new SSMClient(settings),
    },
  });
};
type Client = ReturnType<typeof newClient>;
type OrderInput = Parameters<Client['start']>[0];

/** Another team's application: it starts orders and waits for their results. */
export function results(harness: Open): void {
  let made: Client | undefined;
  const client = (): Client => {
    made ??= newClient(harness());
    return made;
  };
  const start = ({ eventId, data }: PlacedOrder, change: object = {}) =>
    client().start({ ...data, ...change } as unknown as OrderInput, { id: eventId });
  const describeCalls = (of: string) =>
    harness().faults.calls({ function: CLIENT, operation: 'states.DescribeExecution', body: new RegExp(of) });

  const twice = sideBySide(async () => {
    const order = await harness().order('client-twice');
    const first = await start(order);
    const second = await start(order);
    await harness().send(order); // an event of the same id
    const end = await client().result(order.eventId, { within: minutes(2) });
    return { order, first, second, third: await start(order), end };
  });

  describe('an order started by a client', () => {
    test('twice, by an event as well, and again after its end, runs once', async () => {
      const { order, first, second, third } = await twice();
      expect([first, second, third].map(({ started }) => started)).toEqual([true, false, false]);
      expect(await harness().books(order)).toEqual(FULFILLED);
    }, 180_000);

    test('gives its value', async () => {
      const { end } = await twice();
      expect(end).toEqual({
        status: 'succeeded',
        value: { chargeId: expect.stringMatching(/^ch_/), shipmentId: expect.any(String), total: 5_490 },
      });
    });

    test('with another input under the same id is a conflict', async () => {
      const { order } = await twice();
      const conflict = start(order, { card: 'tok_other' });
      await expect(conflict).rejects.toThrow(IdConflict);
      await expect(conflict).rejects.toMatchObject({ path: 'card' });
    });

    test('with an input that breaks the schema is never sent', async () => {
      const order = await harness().order('client-invalid');
      await expect(start(order, { lines: [] })).rejects.toThrow('lines: ');
      expect(await harness().app.execution(WORKFLOW, order.eventId)).toBeUndefined();
    });
  });

  describe('the result', () => {
    const declined = sideBySide(async () => {
      const order = await harness().order('client-declined', { card: 'tok_declined' });
      await start(order);
      return client().result(order.eventId, { within: minutes(2) });
    });
    test('of a declined order is the failure with its payload', async () => {
      expect(await declined()).toEqual({
        status: 'declined',
        failure: { step: 'payment', name: 'CardDeclined', payload: { reason: expect.any(String) } },
      });
    }, 180_000);

    const failed = sideBySide(async () => {
      const order = await harness().order('client-failed');
      harness().faults.inject({
        operation: 'http.POST /charges',
        body: new RegExp(order.orderId),
        times: 4,
        action: loseAnswer(),
      });
      await start(order);
      const error = await client()
        .result(order.eventId, { within: minutes(2) })
        .catch((each: unknown) => each);
      return { order, error };
    });
    onEmulator(
      'of a failed order is an error that names the step and says that all is undone',
      async () => {
        const { order, error } = await failed();
        expect(error).toBeInstanceOf(WorkflowFailed);
        expect(error).toMatchObject({ status: 'FAILED', error: 'Transient', step: 'payment', compensated: true });
        expect(await client().describe(order.eventId)).toMatchObject({ status: 'failed', undo: 'done' });
      },
      180_000,
    );

    const stopped = sideBySide(async () => {
      const order = await harness().order('client-stopped');
      const stuck = harness().faults.inject({
        function: 'book-shipment-v1',
        operation: 'dynamodb.UpdateItem',
        body: new RegExp(order.eventId),
        action: throttle(),
      });
      await start(order);
      const atShipment = async () => (await harness().states(order)).includes('shipment') || undefined;
      await harness().eventually(atShipment, 'the shipment to begin');
      const early = await client()
        .result(order.eventId, { within: seconds(1) })
        .catch((each: unknown) => each);
      const undo = await client().stop(order.eventId, 'customer called');
      const error = await client()
        .result(order.eventId, { within: minutes(2) })
        .catch((each: unknown) => each);
      const undone = await harness().eventually(async () => {
        const described = await client().describe(order.eventId);
        return described.undo === 'done' ? described : undefined;
      }, 'the undo');
      stuck.remove();
      return { order, early, undo, error, undone };
    });
    onEmulator(
      'of a stopped order is an error with the reason, and what it had done is undone',
      async () => {
        const { order, early, undo, error, undone } = await stopped();
        expect(early).toBeInstanceOf(NotEnded);
        expect(undo).toMatchObject({ started: true });
        expect(error).toMatchObject({ name: 'WorkflowFailed', status: 'ABORTED', reason: 'customer called' });
        expect(undone).toMatchObject({ status: 'stopped', failure: { compensated: false, parked: false } });
        expect(await harness().books(order)).toEqual(REFUNDED);
      },
      180_000,
    );

    test('of an id that nobody started is an error', async () => {
      await expect(client().result('nobody-started-this', { within: seconds(10) })).rejects.toThrow(NotStarted);
    }, 90_000);
  });

  describe('two hundred who wait for the results of ten orders', () => {
    onEmulator(
      'get them, and DescribeExecution is called at most ten times a second',
      async () => {
        const orders = await Promise.all(
          Array.from({ length: 10 }, (_, index) => harness().order(`client-many-${index}`)),
        );
        const begun = Date.now();
        await Promise.all(orders.map((order) => start(order)));
        const waiting = orders.flatMap(({ eventId }) =>
          Array.from({ length: 20 }, () => client().result(eventId, { within: minutes(3) })),
        );
        const ends = await Promise.allSettled(waiting);
        const took = (Date.now() - begun) / 1_000;
        // On a machine that is slow enough an order fails: that is an end as well.
        const unknown = ends.filter((end) => end.status === 'rejected' && !(end.reason instanceof WorkflowFailed));
        expect(unknown).toEqual([]);
        expect(ends.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(100);
        const times = describeCalls('client-many').map(({ at }) => at);
        const most = Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));
        console.log(`200 results in ${took.toFixed(1)} s: ${times.length} DescribeExecution, at most ${most} a second`);
        expect(most).toBeLessThanOrEqual(10);
      },
      240_000,
    );
  });

  describe('the row that keeps an end', () => {
    const key = (order: PlacedOrder) => marshall({ execution: `${WORKFLOW}:${order.eventId}`, step: '~result' });
    const row = async (order: PlacedOrder) => (await harness().app.records(WORKFLOW, order.eventId)).get('~result');
    const tell = async (order: PlacedOrder, change: object) => {
      const { stateMachineArn } = await harness().app.workflow(WORKFLOW);
      const { eventId: name } = order;
      const executionArn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
      const detail = { executionArn, stateMachineArn, name, stopDate: 1, output: null, ...change };
      await harness().app.sqs.send(
        new SendMessageCommand({
          QueueUrl: await harness().app.queueUrl('keep-result'),
          MessageBody: JSON.stringify(detail),
        }),
      );
    };

    test('is looked up where the output is too large for the event, and an earlier end told of late changes nothing', async () => {
      const { order } = await twice();
      const kept = await harness().eventually(() => row(order), 'the row');
      expect(kept).toMatchObject({ status: 'SUCCEEDED', endedAt: expect.any(Number), expiry: expect.any(Number) });
      await harness().app.dynamoDB.send(new DeleteItemCommand({ TableName: 'breakwater-records', Key: key(order) }));
      await tell(order, { status: 'SUCCEEDED', outputDetails: { included: false } });
      expect(await harness().eventually(() => row(order), 'the row once more')).toEqual(kept);
      await tell(order, { status: 'FAILED', error: 'Earlier' });
      const second = await harness().order('client-second');
      await tell(second, { status: 'FAILED', error: 'After the one that changes nothing' });
      await harness().eventually(() => row(second), 'the row of the message behind');
      expect(await row(order)).toEqual(kept);
    }, 180_000);

    onEmulator(
      'may never come, for events are best effort: then Step Functions is asked',
      async () => {
        const rules = new EventBridgeClient(harness().target.settings);
        const { Rules = [] } = await rules.send(new ListRulesCommand({}));
        const rule = Rules.find(({ Description }) => Description?.startsWith(`How executions of ${WORKFLOW} ended`));
        expect(rule?.Name).toBeDefined();
        await rules.send(new DisableRuleCommand({ Name: rule?.Name }));
        try {
          const order = await harness().order('client-unheard');
          await start(order);
          expect(await client().result(order.eventId, { within: minutes(2) })).toMatchObject({ status: 'succeeded' });
          expect(await row(order)).toBeUndefined();
          const calls = describeCalls('client-unheard').length;
          expect(calls).toBeGreaterThanOrEqual(1);
          expect(calls).toBeLessThanOrEqual(8);
        } finally {
          await rules.send(new EnableRuleCommand({ Name: rule?.Name }));
        }
      },
      180_000,
    );
  });
}
