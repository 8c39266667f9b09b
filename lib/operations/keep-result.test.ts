import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from '@jest/globals';
import { fakeAws } from '../../test/fakes/aws.ts';
import { keepResult } from './keep-result.ts';

const aws = fakeAws();
const clients = { dynamoDB: new DynamoDBClient({}), stepFunctions: new SFNClient({}) };
const ended = (machine: string) => ({
  executionArn: `arn:aws:states:eu-west-1:111122223333:execution:${machine}:o-1`,
  stateMachineArn: `arn:aws:states:eu-west-1:111122223333:stateMachine:${machine}`,
  name: 'o-1',
  status: 'SUCCEEDED',
  stopDate: 1_700_000_000_000,
  output: '{"status":"succeeded","value":1}',
});
const rows = () => aws.inputs('PutItem').map(({ Item }) => unmarshall(Item));

test.each([
  ['fulfil-order', ''],
  ['shop-fulfil-order', 'shop-'],
])('an end of %s is kept under the name of its plan, as whoever waits looks for it', async (machine, prefix) => {
  expect(await keepResult(clients, { table: 'records', prefix }, ended(machine))).toBe('kept');
  expect(rows()).toMatchObject([{ execution: 'fulfil-order:o-1', step: '~result', status: 'SUCCEEDED' }]);
});

test('an end that is told of late does not take the place of a later one', async () => {
  aws.answer('PutItem', () => {
    throw new ConditionalCheckFailedException({ message: '', $metadata: {} });
  });
  expect(await keepResult(clients, { table: 'records', prefix: '' }, ended('fulfil-order'))).toBe('known');
  expect(aws.inputs('PutItem')[0]).toMatchObject({
    ConditionExpression: 'attribute_not_exists(endedAt) OR endedAt < :endedAt',
    ExpressionAttributeValues: { ':endedAt': { N: '1700000000000' } },
  });
});

test('an output that is too large for an event is looked up, and one that runs again is not kept', async () => {
  const { output: _, ...cut } = ended('fulfil-order');
  aws.answer('DescribeExecution', () => ({ status: 'RUNNING' }));
  expect(await keepResult(clients, { table: 'records', prefix: '' }, cut)).toBe('running again');
  expect(rows()).toEqual([]);
});
