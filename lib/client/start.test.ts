import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Order } from '../../test/fakes/atoms.ts';
import { awsError, fakeAws } from '../../test/fakes/aws.ts';
import { FakeExecutions } from '../../test/fakes/executions.ts';
import { IdConflict, workflowClient } from './index.ts';

const aws = fakeAws();
const order = { orderId: 'o-1', total: 7, lines: [{ sku: 'mug', quantity: 1 }] };
/** The same order, its keys in another order. */
const same = { lines: [{ quantity: 1, sku: 'mug' }], total: 7, orderId: 'o-1' };

const newClient = () =>
  workflowClient(
    { name: 'ship-order', input: Order },
    { clients: { stepFunctions: new SFNClient(), dynamoDB: new DynamoDBClient(), ssm: new SSMClient() } },
  );
let client: ReturnType<typeof newClient>;
let executions: FakeExecutions;
beforeEach(() => {
  executions = new FakeExecutions(aws);
  client = newClient();
});

describe('an order', () => {
  test('is started through the alias under its id, with its input', async () => {
    expect(await client.start(order, { id: 'o-1' })).toEqual({
      started: true,
      id: 'o-1',
      executionArn: 'arn:aws:states:eu-west-1:1:execution:ship-order:o-1',
    });
    const [{ stateMachineArn, name, input }] = aws.inputs('StartExecution');
    expect({ stateMachineArn, name }).toEqual({ stateMachineArn: executions.address.liveArn, name: 'o-1' });
    expect(input.trim()).toBe(JSON.stringify(order)); // what admission gives for the same order
  });

  test('with an id that names no execution is started under its hash', async () => {
    await client.start(order, { id: 'shop:1' });
    expect(aws.inputs('StartExecution')[0].name).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['running', false],
    ['ended', true],
  ])('that is %s is not started again with the same input', async (_, ended) => {
    await client.start(order, { id: 'o-1' });
    if (ended) executions.end('o-1', { status: 'SUCCEEDED' });
    expect(await client.start(order, { id: 'o-1' })).toMatchObject({ started: false });
    expect(await client.start(same, { id: 'o-1' })).toMatchObject({ started: false });
    expect(executions.executions.size).toBe(1);
  });

  test('that an event has started is not started again', async () => {
    executions.run('o-1', order);
    expect(await client.start(same, { id: 'o-1' })).toMatchObject({ started: false });
  });

  test('is told as started if the answer was lost and the SDK has sent the same once more', async () => {
    aws.answer('StartExecution', (input) => {
      executions.start(input);
      return executions.start(input);
    });
    expect(await client.start(order, { id: 'o-1' })).toMatchObject({ started: true });
  });

  test('is told as started though it had ended when the SDK sent the same once more', async () => {
    aws.answer('StartExecution', (input) => {
      executions.start(input);
      executions.end('o-1', { status: 'SUCCEEDED' });
      return executions.start(input);
    });
    expect(await client.start(order, { id: 'o-1' })).toMatchObject({ started: true });
  });

  test('is told as started whatever the clocks say', async () => {
    aws.answer('StartExecution', () => ({ startDate: new Date(Date.now() - 120_000) }));
    expect(await client.start(order, { id: 'o-1' })).toMatchObject({ started: true });
  });

  test.each([
    ['a value in it', { ...order, lines: [{ sku: 'mug', quantity: 2 }] }, 'lines[0].quantity'],
    ['a field more', { ...order, note: 'x' }, 'note'],
    ['a line less', { ...order, lines: [] }, 'lines[0]'],
  ])('whose id was used for another input (%s) is a conflict that names the place', async (_, input, path) => {
    await client.start(order, { id: 'o-1' });
    const conflict = client.start(input, { id: 'o-1' });
    await expect(conflict).rejects.toThrow(IdConflict);
    await expect(conflict).rejects.toMatchObject({ workflow: 'ship-order', id: 'o-1', path });
    await expect(conflict).rejects.toThrow(
      `ship-order "o-1" was started before with another input: it differs at ${path}. An id names one order for ever: give a new order an id of its own, or send the input that this one was started with.`,
    );
  });

  test('that exists is compared though DescribeExecution lags behind', async () => {
    await client.start(order, { id: 'o-1' });
    aws.answer('DescribeExecution', (_, call) => {
      if (call < 3) throw awsError('ExecutionDoesNotExist');
      return { input: JSON.stringify(same) };
    });
    expect(await client.start(order, { id: 'o-1' })).toMatchObject({ started: false });
  });
});

describe('an input is refused before anything leaves', () => {
  const start = (input: unknown) => client.start(input as typeof order, { id: 'o-1' });
  const circular: Record<string, unknown> = {};
  circular.self = circular;

  test.each<[string, unknown, string]>([
    [
      'that breaks the schema',
      { ...order, lines: [{ sku: 'mug', quantity: 'one' }] },
      'The input of ship-order breaks its contract. lines[0].quantity: Invalid input: expected number, received string (received "one")',
    ],
    [
      'that JSON carries as something else',
      { ...order, total: Number.NaN },
      'total: Invalid input: expected number, received null (received null)',
    ],
    ['that is left out', undefined, 'the value: expected a value that JSON can carry (received undefined)'],
    ['that goes round in circles', circular, 'the value: expected a value that JSON can carry: Converting circular'],
    [
      'that is too large',
      { ...order, note: 'x'.repeat(262_144) },
      "the value: expected at most 262080 bytes of JSON, Step Functions' limit (received 262218 bytes)",
    ],
  ])('%s', async (_, input, message) => {
    await expect(start(input)).rejects.toMatchObject({ name: 'ContractViolation' });
    await expect(start(input)).rejects.toThrow(message);
    expect(aws.calls()).toEqual([]);
  });

  test('with an empty id', async () => {
    await expect(client.start(order, { id: '' })).rejects.toThrow(
      'The id of an order of ship-order is "". It is a text that names the order for ever, such as \'order-17\'.',
    );
    expect(aws.calls()).toEqual([]);
  });
});

describe('the workflow', () => {
  test('is looked up when it is first needed, and once', async () => {
    expect(aws.calls()).toEqual([]);
    await Promise.all(['o-1', 'o-2', 'o-3'].map((id) => client.start(order, { id })));
    expect(aws.inputs('GetParameter')).toEqual([{ Name: '/breakwater/workflows/ship-order' }]);
  });

  test('that is not deployed is told, and looked up again the next time', async () => {
    aws.answer('GetParameter', () => {
      throw awsError('ParameterNotFound');
    });
    await expect(client.start(order, { id: 'o-1' })).rejects.toMatchObject({ name: 'WorkflowNotDeployed' });
    aws.answer('GetParameter', () => ({ Parameter: { Value: JSON.stringify(executions.address) } }));
    expect(await client.start(order, { id: 'o-1' })).toMatchObject({ started: true });
  });

  test('that was deployed anew elsewhere is found again', async () => {
    await client.start(order, { id: 'o-1' });
    executions.address.liveArn = 'arn:aws:states:eu-west-1:1:stateMachine:ship-order:other';
    aws.answer('StartExecution', ({ stateMachineArn }) => {
      if (!stateMachineArn.endsWith(':other')) throw awsError('StateMachineDoesNotExist');
    });
    expect(await client.start(order, { id: 'o-2' })).toMatchObject({ started: true });
  });

  test('may refuse a caller, who hears what AWS says', async () => {
    aws.answer('StartExecution', () => {
      throw awsError('AccessDeniedException');
    });
    await expect(client.start(order, { id: 'o-1' })).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(aws.calls('StartExecution')).toHaveLength(1);
  });
});
