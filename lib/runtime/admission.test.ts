import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type * as z from 'zod';
import { Order, orderPlaced } from '../../test/fakes/atoms.ts';
import { awsError, fakeAws } from '../../test/fakes/aws.ts';
import { batch, lambdaContext, record } from '../../test/fakes/delivery.ts';
import { FakeExecutions } from '../../test/fakes/executions.ts';
import { IdConflict, type WorkflowClient, workflowClient } from '../client/index.ts';
import { admit } from './index.ts';

const ENVIRONMENT = {
  RECORDS_TABLE: 'records',
  STATE_MACHINE_ARN: 'arn:aws:states:eu-west-1:1:stateMachine:ship-order:live',
  QUEUE_URL: 'queue',
  REJECTED_QUEUE_URL: 'rejected',
  EVENT_BUS_NAME: 'bus',
};
const aws = fakeAws();
const handler = admit({ plan: { name: 'ship-order' }, input: orderPlaced.payload });
const order = { orderId: 'o-1', total: 7, lines: [{ sku: 'mug', quantity: 1 }] };
const event = (detail: unknown) => record({ source: 'shop', 'detail-type': 'order-placed', detail });
const receive = (...details: readonly unknown[]) => handler(batch(...details.map(event)), lambdaContext);
const reason = () => aws.inputs('SendMessage')[0]?.MessageAttributes.reason.StringValue;

const lines: Record<string, unknown>[] = [];

beforeEach(() => {
  Object.assign(process.env, ENVIRONMENT);
  lines.length = 0;
  jest.spyOn(console, 'log').mockImplementation((line: string) => {
    lines.push(JSON.parse(line));
  });
});
afterEach(() => {
  for (const name of Object.keys(ENVIRONMENT)) delete process.env[name];
});

describe('an event that keeps its contract', () => {
  test('starts the workflow under its id, with its payload', async () => {
    expect(await receive({ id: 'e-1', data: order })).toEqual({ batchItemFailures: [] });
    expect(aws.inputs('StartExecution')).toEqual([
      { stateMachineArn: ENVIRONMENT.STATE_MACHINE_ARN, name: 'e-1', input: JSON.stringify(order) },
    ]);
    expect(aws.inputs('SendMessage')).toEqual([]);
  });

  test('is remembered for longer than the name of its execution is taken', async () => {
    await receive({ id: 'e-1', data: order });
    const { Item, ConditionExpression } = aws.inputs('PutItem')[0];
    const { expiry, ...kept } = unmarshall(Item);
    expect(ConditionExpression).toBe('attribute_not_exists(execution)');
    expect(kept).toMatchObject({ execution: 'ship-order:e-1', step: '~admission', status: 'COMPLETED' });
    expect(expiry - Date.now() / 1_000).toBeGreaterThan(90 * 86_400);
  });

  test('has one digest however its keys are ordered, and another for another payload', async () => {
    await receive(
      { id: 'e-1', data: { a: 1, ...order } },
      { id: 'e-2', data: { total: 7, lines: [{ quantity: 1, sku: 'mug' }], orderId: 'o-1', a: 1 } },
      { id: 'e-3', data: { ...order, total: 8, a: 1 } },
      { id: 'e-4', data: { ...order, a: 1, lines: [order.lines[0], { sku: 'pen', quantity: 1 }] } },
      { id: 'e-5', data: { ...order, a: 1, lines: [{ sku: 'pen', quantity: 1 }, order.lines[0]] } },
    );
    const digests = new Map(
      aws.inputs('PutItem').map(({ Item }) => {
        const { outcome } = unmarshall(Item);
        return [outcome.value.eventId, outcome.value.digest];
      }),
    );
    expect(digests.get('e-1')).toBe(digests.get('e-2'));
    expect(new Set(digests.values()).size).toBe(4);
  });

  test.each([
    ['sent again while the order runs, starts nothing new', undefined],
    ['sent again after the order ended, starts nothing new', 'ExecutionAlreadyExists'],
  ])('%s', async (_, error) => {
    const kept = await admitted({ id: 'e-1', data: order });
    aws.answer('PutItem', () => {
      throw taken(kept);
    });
    if (error) {
      aws.answer('StartExecution', () => {
        throw awsError(error);
      });
      aws.answer('DescribeExecution', () => ({ input: JSON.stringify(order) }));
    }
    expect(await receive({ id: 'e-1', data: order })).toEqual({ batchItemFailures: [] });
    expect(aws.inputs('StartExecution').map(({ name }) => name)).toEqual(['e-1', 'e-1']);
    expect(aws.inputs('SendMessage')).toEqual([]);
  });

  test('and cannot be started now is delivered again, alone', async () => {
    aws.answer('StartExecution', ({ name }) => {
      if (name === 'e-2') throw awsError('ThrottlingException');
    });
    const { batchItemFailures } = await receive(
      { id: 'e-1', data: order },
      { id: 'e-2', data: order },
      { id: 'e-3', data: order },
    );
    expect(batchItemFailures).toHaveLength(1);
    expect(aws.inputs('ChangeMessageVisibility')).toMatchObject([{ QueueUrl: 'queue' }]); // later, as all of a wave
    expect(
      aws
        .inputs('StartExecution')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['e-1', 'e-2', 'e-3']);
    expect(aws.inputs('SendMessage')).toEqual([]);
  });
});

describe('an id that a client uses as well', () => {
  let executions: FakeExecutions;
  let client: WorkflowClient<z.input<typeof Order>, unknown>;
  beforeEach(() => {
    executions = new FakeExecutions(aws);
    const clients = { stepFunctions: new SFNClient(), dynamoDB: new DynamoDBClient(), ssm: new SSMClient() };
    client = workflowClient({ name: 'ship-order', input: Order }, { clients });
  });
  const other = { ...order, total: 8 };

  test.each(['runs', 'has ended'])('names one order where the client came first, which %s', async (how) => {
    await client.start(order, { id: 'e-1' });
    if (how === 'has ended') executions.end('e-1', { status: 'SUCCEEDED' });
    const sameOrder = { total: 7, lines: [{ quantity: 1, sku: 'mug' }], orderId: 'o-1' };
    expect(await receive({ id: 'e-1', data: sameOrder })).toEqual({ batchItemFailures: [] });
    expect(aws.inputs('DescribeExecution')).toEqual([{ executionArn: ARN }]);
    expect(aws.inputs('SendMessage')).toEqual([]);
  });

  test.each(['runs', 'has ended'])('is refused to an event with another payload, while the order %s', async (how) => {
    await client.start(order, { id: 'e-1' });
    if (how === 'has ended') executions.end('e-1', { status: 'SUCCEEDED' });
    expect(await receive({ id: 'e-1', data: other })).toEqual({ batchItemFailures: [] });
    expect(reason()).toBe(
      `e-1 was started before with another payload, not by this event: there is an execution ${ARN}. An id names one order for ever: send a new order as an event with an id of its own.`,
    );
    expect(aws.inputs('SendMessage')[0].MessageBody).toBe(event({ id: 'e-1', data: other }).body);
    expect(aws.inputs('PutEvents')).toHaveLength(1);
  });

  test('is refused to the client with another input where the event came first', async () => {
    await receive({ id: 'e-1', data: order });
    expect(await client.start(order, { id: 'e-1' })).toMatchObject({ started: false });
    await expect(client.start(other, { id: 'e-1' })).rejects.toThrow(IdConflict);
    expect(executions.executions.size).toBe(1);
  });

  test.each<readonly [string, () => unknown]>([
    ['is not there yet', () => Promise.reject(awsError('ExecutionDoesNotExist'))],
    ['does not say its input', () => ({ status: 'RUNNING' })],
  ])('is looked at again while the execution %s', async (_, answer) => {
    await client.start(order, { id: 'e-1' });
    aws.answer('DescribeExecution', (input, call) => (call === 1 ? answer() : executions.describe(input)));
    const { batchItemFailures } = await receive({ id: 'e-1', data: other });
    expect(batchItemFailures).toHaveLength(1);
    expect(aws.inputs('SendMessage')).toEqual([]);
    expect(await receive({ id: 'e-1', data: other })).toEqual({ batchItemFailures: [] });
    expect(reason()).toContain('another payload');
  });

  const ARN = 'arn:aws:states:eu-west-1:1:execution:ship-order:e-1';
});

describe('an event that is refused starts nothing, and goes to the rejected queue with the reason', () => {
  test.each<readonly [string, unknown, string]>([
    ['without an id', { data: order }, 'detail.id is missing: it is a text that names the event for ever.'],
    ['with an empty id', { id: '', data: order }, 'detail.id is missing: it is a text that names the event for ever.'],
    [
      'with a number as its id',
      { id: 7, data: order },
      'detail.id is missing: it is a text that names the event for ever.',
    ],
    ['without a detail', undefined, 'detail.id is missing: it is a text that names the event for ever.'],
    ['without data', { id: 'e-1' }, 'data: Invalid input: expected object, received undefined (received nothing)'],
    [
      'with wrong data',
      { id: 'e-1', data: { ...order, lines: [{ sku: 'mug', quantity: 'one' }] } },
      'data.lines[0].quantity: Invalid input: expected number, received string (received "one")',
    ],
    [
      'with data wrong in two places',
      { id: 'e-1', data: { lines: [], orderId: 'o-1', total: 1.5, note: 7 } },
      'data.total: Invalid input: expected int, received number (received 1.5); data.note: Invalid input: expected string, received number (received 7)',
    ],
  ])('%s', async (_, detail, expected) => {
    expect(await receive(detail)).toEqual({ batchItemFailures: [] });
    expect(reason()).toBe(expected);
    expect(aws.inputs('SendMessage')[0].MessageBody).toBe(event(detail).body);
    expect(aws.inputs('StartExecution')).toEqual([]);
    expect(aws.inputs('PutItem')).toEqual([]);
  });

  test('that is no JSON', async () => {
    await handler(batch(record('not json')), lambdaContext);
    expect(reason()).toBe('detail.id is missing: it is a text that names the event for ever.');
    expect(aws.inputs('SendMessage')[0].MessageBody).toBe('not json');
  });

  test('whose id was admitted with another payload', async () => {
    const kept = await admitted({ id: 'e-1', data: order });
    aws.answer('PutItem', () => {
      throw taken(kept);
    });
    await receive({ id: 'e-1', data: { ...order, total: 8 } });
    expect(reason()).toBe('Event e-1 was admitted before with another payload.');
    expect(aws.inputs('StartExecution')).toHaveLength(1);
  });

  test.each(['InvalidExecutionInput', 'InvalidName', 'ValidationException'])(
    'by Step Functions for good (%s)',
    async (name) => {
      aws.answer('StartExecution', () => {
        throw awsError(name, 'too large');
      });
      expect(await receive({ id: 'e-1', data: order })).toEqual({ batchItemFailures: [] });
      expect(reason()).toBe(`${name}: too large`);
    },
  );

  test('with a reason that fits into a message and an event, however much is wrong', async () => {
    await receive({ id: 'e-1', data: { ...order, lines: Array.from({ length: 5_000 }, () => ({})) } });
    expect(reason()).toHaveLength(1_000);
    const [{ Entries }] = aws.inputs('PutEvents');
    expect(JSON.parse(Entries[0].Detail).data.reason).toBe(reason());
  });

  test.each([
    ['an error', () => Promise.reject(awsError('InternalException'))],
    ['an entry that was not taken', () => ({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] })],
  ])('and is not in the queue twice though the event met %s first', async (_, answer) => {
    aws.answer('PutEvents', (_input, call) => (call === 1 ? answer() : {}));
    expect((await receive({ id: 'e-1' })).batchItemFailures).toHaveLength(1);
    expect((await receive({ id: 'e-1' })).batchItemFailures).toEqual([]);
    expect(aws.inputs('SendMessage')).toHaveLength(1);
  });

  test('and an event says so', async () => {
    await receive({ id: 'e-1' });
    const [{ Entries }] = aws.inputs('PutEvents');
    expect(Entries).toMatchObject([{ EventBusName: 'bus', Source: 'breakwater', DetailType: 'event-rejected' }]);
    expect(JSON.parse(Entries[0].Detail)).toEqual({
      id: 'ship-order:e-1/rejected',
      version: '1.0.0',
      correlationId: 'e-1',
      data: { workflow: 'ship-order', eventId: 'e-1', reason: reason() },
    });
  });
});

describe('the log has a line of every event', () => {
  const ofOrder = { workflow: 'ship-order', eventId: 'e-1', correlationId: 'e-1' };

  test('that started an order', async () => {
    await receive({ id: 'e-1', data: order });
    expect(lines).toEqual([{ level: 'INFO', ...ofOrder, admission: { kind: 'started' } }]);
  });

  test('whose order has been started before', async () => {
    aws.answer('StartExecution', () => {
      throw awsError('ExecutionAlreadyExists');
    });
    aws.answer('DescribeExecution', () => ({ input: JSON.stringify(order) }));
    await receive({ id: 'e-1', data: order });
    expect(lines).toEqual([{ level: 'INFO', ...ofOrder, admission: { kind: 'duplicate' } }]);
  });

  test('that was refused, as a warning with the reason', async () => {
    await receive({ id: 'e-1', data: { ...order, total: 'seven' } });
    expect(lines).toEqual([{ level: 'WARN', ...ofOrder, admission: { kind: 'rejected', reason: reason() } }]);
  });

  test('that was refused and has no id, by which it could be found', async () => {
    await receive({ id: '', data: order });
    expect(lines).toEqual([
      { level: 'WARN', workflow: 'ship-order', admission: { kind: 'rejected', reason: expect.any(String) } },
    ]);
  });

  test.each<readonly [string, string, () => unknown, string]>([
    [
      'the table is throttled',
      'PutItem',
      () => Promise.reject(awsError('ThrottlingException', 'Slow down.')),
      'ThrottlingException: Slow down.',
    ],
    [
      'the execution does not say its input',
      'DescribeExecution',
      () => ({}),
      'Error: Step Functions does not say what arn:aws:states:eu-west-1:1:execution:ship-order:e-1 was started with.',
    ],
    [
      'something is thrown that is no error',
      'StartExecution',
      async () => {
        throw 'no error';
      },
      'no error',
    ],
  ])('that comes again because %s, as a warning with the reason', async (_, command, answer, told) => {
    aws.answer('StartExecution', () => {
      throw awsError('ExecutionAlreadyExists');
    });
    aws.answer(command, answer);
    expect((await receive({ id: 'e-1', data: order })).batchItemFailures).toHaveLength(1);
    expect(lines).toEqual([{ level: 'WARN', ...ofOrder, admission: { kind: 'put off', reason: told } }]);
    expect(aws.inputs('SendMessage')).toEqual([]);
  });

  test.each([
    [
      'with the code and the message',
      { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'Try again.' }] },
      'InternalFailure Try again.',
    ],
    ['with what there is', { FailedEntryCount: 1, Entries: [{}] }, 'unknown '],
    ['with nothing', { FailedEntryCount: 1 }, 'unknown '],
  ])('that comes again because its refusal could not be published, %s', async (_, answer, told) => {
    aws.answer('PutEvents', () => answer);
    await receive({ id: 'e-1' });
    expect(lines).toMatchObject([
      {
        admission: {
          kind: 'put off',
          reason: `Error: The event ship-order:e-1/rejected could not be published: ${told}`,
        },
      },
    ]);
  });
});

describe('an event without an id', () => {
  test.each([
    ['because it has no detail but null', { detail: null }],
    ['because its id is empty', { detail: { id: '', data: order } }],
    ['because it is null', null],
  ])('%s is refused once, and the event that says so has a name', async (_, body) => {
    expect(await handler(batch(record(JSON.stringify(body))), lambdaContext)).toEqual({ batchItemFailures: [] });
    const [{ Entries }] = aws.inputs('PutEvents');
    expect(JSON.parse(Entries[0].Detail)).toMatchObject({
      id: 'ship-order:unnamed/rejected',
      correlationId: 'ship-order:unnamed/rejected',
    });
    expect(aws.inputs('SendMessage')).toMatchObject([
      { QueueUrl: 'rejected', MessageAttributes: { reason: { DataType: 'String' } } },
    ]);
  });
});

/** Admits an event, and gives the record that was written. */
async function admitted(detail: unknown): Promise<unknown> {
  await receive(detail);
  return aws.inputs('PutItem')[0].Item;
}

const taken = (Item: unknown): Error => {
  const { ConditionalCheckFailedException } =
    jest.requireActual<typeof import('@aws-sdk/client-dynamodb')>('@aws-sdk/client-dynamodb');
  return new ConditionalCheckFailedException({ message: '', $metadata: {}, Item: Item as never });
};
