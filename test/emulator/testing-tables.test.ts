/**
 * The tables of lib/testing, held to the emulator's DynamoDB: the same requests leave the same items and give the same
 * refusals. What the emulator takes and AWS does not (reserved words, superfluous values) is tested in the room itself.
 */
import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { attributesOf, type Item, plain } from '../../lib/simulation/dynamodb/item.ts';
import { Tables } from '../../lib/simulation/dynamodb/tables.ts';
import { AtomTestError } from '../../lib/testing/index.ts';
import { emulatorUnderTest, unique } from './under-test.ts';

const underTest = emulatorUnderTest('testing-tables');
let dynamoDB: DynamoDBClient;

beforeAll(() => {
  dynamoDB = new DynamoDBClient({
    endpoint: underTest.emulator.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});
afterAll(() => dynamoDB.destroy());

const COMMANDS = {
  PutItem: (input: object) => new PutItemCommand(input as PutItemCommandInput),
  UpdateItem: (input: object) => new UpdateItemCommand(input as UpdateItemCommandInput) as unknown as PutItemCommand,
  TransactWriteItems: (input: object) =>
    new TransactWriteItemsCommand(input as TransactWriteItemsCommandInput) as unknown as PutItemCommand,
};

const ITEM = {
  id: 'a',
  at: '1',
  count1: 5,
  tags: new Set(['x', 'y']),
  sizes: [1, 2],
  box: { width: 3 },
  gone: null,
  word: 'blue',
};

interface Both {
  readonly tables: Tables;
  readonly TableName: string;
}

/** A table here and one in the emulator, with the same item. */
async function both(): Promise<Both> {
  const TableName = unique('testing');
  const keys = ['id', 'at'];
  await dynamoDB.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
    }),
  );
  const actions = ['Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'] as const;
  const tables = new Tables('an atom', [{ name: TableName, partitionKey: 'id', sortKey: 'at', actions }]);
  tables.seed(TableName, ITEM);
  await dynamoDB.send(new PutItemCommand({ TableName, Item: attributesOf(ITEM) }));
  return { tables, TableName };
}

/** What becomes of a request: the error's name and the reasons of a cancelled transaction, or `done`. */
async function outcome(perform: () => unknown): Promise<unknown> {
  try {
    await perform();
    return 'done';
  } catch (error) {
    const { name, CancellationReasons } = error as Error & { CancellationReasons?: { Code?: string }[] };
    if (CancellationReasons) return CancellationReasons.map(({ Code }) => Code);
    return error instanceof AtomTestError ? 'ValidationException' : name;
  }
}

async function performOnBoth({ tables, TableName }: Both, command: keyof typeof COMMANDS, input: object) {
  const here = await outcome(() => tables.perform(command, input));
  const there = await outcome(() => dynamoDB.send(COMMANDS[command](input)));
  const { Items = [] } = await dynamoDB.send(new ScanCommand({ TableName }));
  const order = (item: Item) => JSON.stringify([item.id, item.at]);
  const left = Items.map(plain).sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return { here: { outcome: here, items: tables.items(TableName) }, there: { outcome: there, items: left } };
}

const valuesFor = (expressions: string): object => {
  const all: Item = {
    ':n': 5,
    ':two': 2,
    ':t': 'bl',
    ':x': 'x',
    ':set': new Set(['x', 'z']),
    ':list': [3],
    ':map': { width: 3 },
    ':L': 'L',
  };
  const used = Object.entries(all).filter(([name]) => new RegExp(`${name}\\b`).test(expressions));
  return used.length > 0 ? { ExpressionAttributeValues: attributesOf(Object.fromEntries(used)) } : {};
};

test.each([
  'attribute_exists(box.width)',
  'attribute_not_exists(box.height)',
  'attribute_exists(gone)',
  'attribute_type(sizes, :L)',
  'count1 = :n',
  'count1 <> :n',
  'absent <> :n',
  'absent < :n',
  'absent = :n',
  'word > :n',
  'word > :t',
  'box = :map',
  'count1 BETWEEN :two AND :n',
  'count1 IN (:two, :n)',
  'NOT count1 = :n',
  'NOT (count1 = :n OR word = :t)',
  'count1 = :two OR count1 = :n AND begins_with(word, :t)',
  'contains(tags, :x)',
  'contains(word, :t)',
  'contains(sizes, :two)',
  'size(word) > :two',
  'size(tags) = :two AND size(sizes) = :two',
  'size(absent) < :n',
])('the condition %s', async (ConditionExpression) => {
  const made = await both();
  const input = {
    TableName: made.TableName,
    Item: attributesOf({ id: 'a', at: '1', replaced: true }),
    ConditionExpression,
    ...valuesFor(ConditionExpression),
  };
  const { here, there } = await performOnBoth(made, 'PutItem', input);
  expect(here).toEqual(there);
});

test.each([
  'SET count1 = count1 - :two',
  'SET count1 = :n + count1, word = :t',
  'SET fresh = if_not_exists(fresh, :two) + :n',
  'SET gone = if_not_exists(gone, :n)',
  'SET sizes = list_append(:list, sizes)',
  'SET sizes[1] = :n',
  'SET sizes[9] = :n',
  'SET box.height = :two',
  'SET fresh = count1 ADD count1 :two',
  'REMOVE word, sizes[0]',
  'ADD count1 :two',
  'ADD fresh :two',
  'ADD tags :set',
  'DELETE tags :set',
  'ADD fresh :set',
])('the update %s', async (UpdateExpression) => {
  const made = await both();
  const input = {
    TableName: made.TableName,
    Key: attributesOf({ id: 'a', at: '1' }),
    UpdateExpression,
    ...valuesFor(UpdateExpression),
  };
  const { here, there } = await performOnBoth(made, 'UpdateItem', input);
  expect(here).toEqual(there);
  expect(here.outcome).toBe('done');
});

test.each(['SET state = :n', 'SET fresh = absent', 'SET crate.width = :n', 'SET id = :t'])(
  'the update %s is refused',
  async (UpdateExpression) => {
    const made = await both();
    const Key = attributesOf({ id: 'a', at: '1' });
    const input = { TableName: made.TableName, Key, UpdateExpression, ...valuesFor(UpdateExpression) };
    const { here, there } = await performOnBoth(made, 'UpdateItem', input);
    expect(here).toEqual(there);
    expect(here.outcome).toBe('ValidationException');
  },
);

test.each([
  ['all of whose conditions hold', 'attribute_exists(id)', 'count1 = :n'],
  ['the second of whose conditions fails', 'attribute_exists(id)', 'count1 = :two'],
  ['the first of whose conditions fails', 'attribute_not_exists(id)', 'count1 = :n'],
])('a transaction %s', async (_, checked, guarded) => {
  const made = await both();
  const { TableName } = made;
  const Key = attributesOf({ id: 'a', at: '1' });
  await performOnBoth(made, 'PutItem', { TableName, Item: attributesOf({ id: 'b', at: '1' }) });
  const TransactItems = [
    { ConditionCheck: { TableName, Key: attributesOf({ id: 'b', at: '1' }), ConditionExpression: checked } },
    {
      Update: { TableName, Key, UpdateExpression: 'REMOVE word', ConditionExpression: guarded, ...valuesFor(guarded) },
    },
    { Put: { TableName, Item: attributesOf({ id: 'a', at: '0' }) } },
  ];
  const { here, there } = await performOnBoth(made, 'TransactWriteItems', { TransactItems });
  expect(here).toEqual(there);
});

test('a query', async () => {
  const made = await both();
  const { TableName, tables } = made;
  for (const at of ['3', '2', '10']) {
    await performOnBoth(made, 'PutItem', { TableName, Item: attributesOf({ id: 'a', at, count1: Number(at) }) });
  }
  const input = {
    TableName,
    KeyConditionExpression: 'id = :id AND #at BETWEEN :from AND :to',
    FilterExpression: 'count1 > :two',
    ExpressionAttributeNames: { '#at': 'at' },
    ExpressionAttributeValues: attributesOf({ ':id': 'a', ':from': '1', ':to': '3', ':two': 2 }),
    ScanIndexForward: false,
  };
  const here = tables.perform('Query', input) as { Items: readonly ReturnType<typeof attributesOf>[] };
  const { Items = [] } = await dynamoDB.send(new QueryCommand(input));
  expect(here.Items.map(plain)).toEqual(Items.map(plain));
  expect(here.Items.map((item) => plain(item).at)).toEqual(['3', '10', '1']);
});
