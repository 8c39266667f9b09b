import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { type Attributes, attributesOf, type Item, plain } from './item.ts';
import { RESERVED_WORDS } from './reserved-words.ts';
import { type TableDefinition, Tables } from './tables.ts';

const ALL = ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem', 'ConditionCheckItem'] as const;
const stock: TableDefinition = { name: 'stock', partitionKey: 'sku', actions: ALL };
const visits: TableDefinition = { name: 'visits', partitionKey: 'shop', sortKey: 'day', actions: ALL };

const mug = {
  sku: 'mug',
  available: 5,
  tags: new Set(['blue', 'big']),
  sizes: [1, 2],
  maker: { city: 'Ulm' },
  gone: null,
};

/** Tables that hold some items of `stock`. */
function holding(...items: readonly Item[]): Tables {
  const tables = new Tables('an atom', [stock, visits]);
  for (const item of items) tables.seed('stock', item);
  return tables;
}

const values = (given: Item) => ({ ExpressionAttributeValues: attributesOf(given) });

/** Whether a condition holds for an item of `stock`, or for the absence of one. */
function holds(ConditionExpression: string, item: Item | undefined, more: object = {}): boolean {
  const tables = holding(...(item ? [item] : []));
  const request = { TableName: 'stock', Key: attributesOf({ sku: item?.sku ?? 'mug' }), ConditionExpression, ...more };
  try {
    tables.perform('DeleteItem', request);
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}

/** What an update makes of an item of `stock`. */
function updated(UpdateExpression: string, item: Item, more: object = {}): Item {
  const tables = holding(item);
  const Key = attributesOf({ sku: item.sku });
  const { Attributes } = tables.perform('UpdateItem', {
    TableName: 'stock',
    Key,
    UpdateExpression,
    ReturnValues: 'ALL_NEW',
    ...more,
  }) as { Attributes: Attributes };
  return plain(Attributes);
}

describe('what is put in and taken out is the caller’s', () => {
  const Key = { sku: { S: 'mug' } };
  const get = (tables: Tables): Attributes =>
    (tables.perform('GetItem', { TableName: 'stock', Key }) as { Item: Attributes }).Item;

  test.each([
    ['an item that was read', (tables: Tables) => get(tables)],
    [
      'one that a write gave back',
      (tables: Tables) =>
        (
          tables.perform('UpdateItem', {
            TableName: 'stock',
            Key,
            UpdateExpression: 'SET gone = gone',
            ReturnValues: 'ALL_NEW',
          }) as { Attributes: Attributes }
        ).Attributes,
    ],
    [
      'one that was put',
      (tables: Tables) => {
        const Item = get(tables);
        tables.perform('PutItem', { TableName: 'stock', Item });
        return Item;
      },
    ],
  ])('changing %s changes no table', (_, taken) => {
    const tables = holding(mug);
    const before = structuredClone(get(tables));
    const item = taken(tables);
    item.available = { N: '0' };
    Object.assign(item.maker?.M ?? {}, { city: { S: 'Bern' } });
    item.sizes?.L?.push({ N: '3' });
    item.tags?.SS?.pop();
    expect(get(tables)).toEqual(before);
  });

  test('a seed is taken as it is at the time', () => {
    const seed = { sku: 'mug', available: 5 };
    holding(seed);
    seed.available = 4;
    expect(get(holding(seed)).available).toEqual({ N: '4' });
  });
});

describe('a condition', () => {
  test.each([
    ['attribute_exists(sku)', true],
    ['attribute_not_exists(sku)', false],
    ['attribute_not_exists(colour)', true],
    ['attribute_exists(maker.city)', true],
    ['attribute_exists(maker.street)', false],
    ['attribute_exists(sizes[1])', true],
    ['attribute_exists(sizes[2])', false],
    ['attribute_exists(gone)', true],
    ['available = :five', true],
    ['available <> :five', false],
    ['colour <> :five', true],
    ['colour = :five', false],
    ['colour < :five', false],
    ['sku = :five', false],
    ['available < :five', false],
    ['available <= :five', true],
    ['available > :five', false],
    ['available >= :five', true],
    ['available BETWEEN :five AND :five', true],
    ['available IN (:five)', true],
    ['NOT available = :five', false],
    ['NOT (available = :five)', false],
    ['available = :five AND attribute_exists(colour)', false],
    ['attribute_exists(colour) OR available = :five', true],
    ['attribute_exists(sku) OR attribute_exists(colour) AND attribute_exists(size1)', true],
    ['(attribute_exists(sku) OR attribute_exists(colour)) AND attribute_exists(size1)', false],
    ['size(sku) < :five', true],
    ['size(tags) < :five', true],
    ['size(sizes) >= :five', false],
    ['size(colour) < :five', false],
  ])('%s', (expression, expected) => {
    const given = expression.includes(':five') ? values({ ':five': 5 }) : {};
    expect(holds(expression, mug, given)).toBe(expected);
  });

  test.each([
    ['begins_with(sku, :v)', 'mu', true],
    ['begins_with(sku, :v)', 'ug', false],
    ['begins_with(available, :v)', '5', false],
    ['contains(sku, :v)', 'ug', true],
    ['contains(tags, :v)', 'blue', true],
    ['contains(tags, :v)', 'bl', false],
    ['contains(sizes, :v)', 2, true],
    ['contains(colour, :v)', 'x', false],
    ['attribute_type(tags, :v)', 'SS', true],
    ['attribute_type(gone, :v)', 'NULL', true],
    ['attribute_type(colour, :v)', 'NULL', false],
    ['attribute_type(sizes, :v)', 'L', true],
    ['attribute_type(maker, :v)', 'M', true],
    ['maker = :v', { city: 'Ulm' }, true],
    ['maker = :v', { city: 'Bonn' }, false],
    ['sizes = :v', [1, 2], true],
    ['sku BETWEEN :v AND :v', 'mug', true],
  ])('%s, of %j', (expression, value, expected) => {
    expect(holds(expression, mug, values({ ':v': value }))).toBe(expected);
  });

  test('of an item that is not there sees no attribute', () => {
    expect(holds('attribute_not_exists(sku)', undefined)).toBe(true);
    expect(holds('available >= :v', undefined, values({ ':v': 0 }))).toBe(false);
  });

  test('compares texts by their bytes', () => {
    expect(holds('sku < :v', { sku: 'Z' }, values({ ':v': 'a' }))).toBe(true);
    expect(holds('sku < :v', { sku: '\u{ffff}' }, values({ ':v': '\u{10000}' }))).toBe(true);
  });
});

describe('an update', () => {
  test.each<[string, Item, Item]>([
    ['SET available = :v', { ':v': 9 }, { available: 9 }],
    ['SET available = available - :v', { ':v': 2 }, { available: 3 }],
    ['SET available = :v + available', { ':v': 2 }, { available: 7 }],
    ['SET sold = if_not_exists(sold, :v) + :w', { ':v': 0, ':w': 3 }, { sold: 3 }],
    ['SET gone = if_not_exists(gone, :v)', { ':v': 1 }, { gone: null }],
    ['SET sizes = list_append(sizes, :v)', { ':v': [3] }, { sizes: [1, 2, 3] }],
    ['SET sizes[0] = :v', { ':v': 9 }, { sizes: [9, 2] }],
    ['SET sizes[7] = :v', { ':v': 9 }, { sizes: [1, 2, 9] }],
    ['SET maker.city = :v, available = :w', { ':v': 'Bonn', ':w': 0 }, { maker: { city: 'Bonn' }, available: 0 }],
    ['ADD available :v', { ':v': 2 }, { available: 7 }],
    ['ADD sold :v', { ':v': 2 }, { sold: 2 }],
    ['ADD tags :v', { ':v': new Set(['red']) }, { tags: new Set(['blue', 'big', 'red']) }],
    ['DELETE tags :v', { ':v': new Set(['big']) }, { tags: new Set(['blue']) }],
    ['SET first1 = available ADD available :v', { ':v': 1 }, { first1: 5, available: 6 }],
  ])('%s', (expression, given, expected) => {
    expect(updated(expression, mug, values(given))).toEqual({ ...mug, ...expected });
  });

  test('removes attributes, elements of lists, and a set that has lost its last element', () => {
    const { available, tags, ...rest } = mug;
    expect(updated('REMOVE available, sizes[0] DELETE tags :v', mug, values({ ':v': tags }))).toEqual({
      ...rest,
      sizes: [2],
    });
    expect(updated('REMOVE sizes[0], sizes[1]', mug).sizes).toEqual([]);
  });

  test('of an item that is not there makes one of its key', () => {
    const tables = holding();
    const request = { TableName: 'stock', Key: attributesOf({ sku: 'pen' }), UpdateExpression: 'ADD available :v' };
    tables.perform('UpdateItem', { ...request, ...values({ ':v': 1 }) });
    expect(tables.items('stock')).toEqual([{ sku: 'pen', available: 1 }]);
  });
});

describe('what DynamoDB refuses is refused, and says why', () => {
  test.each<[string, Item, string]>([
    ['SET state = :v', { ':v': 1 }, '"state" is a reserved word. Write #state, and ExpressionAttributeNames'],
    ['SET sku = :v', { ':v': 'x' }, '"sku" is part of the item\'s key.'],
    ['SET available = :v', {}, ':v is not in ExpressionAttributeValues.'],
    ['SET available = :v', { ':v': 1, ':w': 2 }, ':w is given and used nowhere; leave it out.'],
    ['SET #a = :v', { ':v': 1 }, '#a is not in ExpressionAttributeNames.'],
    ['SET available = sku + :v', { ':v': 1 }, 'it reckons with "mug", which is no number.'],
    ['SET available = sold + :v', { ':v': 1 }, 'it reckons with an attribute that the item does not have'],
    ['SET available = sold', {}, 'it sets an attribute to one that the item does not have.'],
    ['SET box.width = :v', { ':v': 1 }, 'the item has no map or list for "box.width".'],
    ['SET available = :v, available = :v', { ':v': 1 }, 'it changes "available" twice.'],
    ['SET maker = :v, maker.city = :v', { ':v': 1 }, 'it changes "maker" twice.'],
    ['SET available :v', { ':v': 1 }, '= is expected before ":v".'],
    ['available = :v', { ':v': 1 }, 'DELETE is expected before "available = :v".'],
    ['SET available = sqrt(:v)', { ':v': 1 }, 'there is no function sqrt in an update.'],
    ['SET available = list_append(available, :v)', { ':v': [1] }, 'list_append joins lists, and was given 5.'],
    ['ADD maker :v', { ':v': 1 }, 'it reckons with {"city":"Ulm"}, which is no number.'],
    ['SET available = :v !', { ':v': 1 }, '"!" cannot be read.'],
  ])('the update %s', (expression, given, reason) => {
    const more = Object.keys(given).length > 0 ? values(given) : {};
    expect(() => updated(expression, mug, more)).toThrow(reason);
  });

  test.each([
    ['available = :v AND', 'an attribute\'s name is expected before "the end".'],
    ['available = :v)', 'nothing is expected any more before ")".'],
    ['available', 'IN is expected before "the end".'],
    ['exists(available)', 'there is no function exists in a condition.'],
  ])('the condition %s', (expression, reason) => {
    expect(() => holds(expression, mug, expression.includes(':v') ? values({ ':v': 1 }) : {})).toThrow(reason);
  });

  test.each([
    ['an item without its key', 'PutItem', { Item: { available: 1 } }, 'its key "sku" is missing'],
    ['an empty key', 'GetItem', { Key: { sku: '' } }, 'its key "sku" is ""; a text that is not empty is needed.'],
    ['a number as key', 'GetItem', { Key: { sku: 1 } }, 'its key "sku" is 1'],
    [
      'more than the key',
      'GetItem',
      { Key: { sku: 'a', day: 'b' } },
      '"day" is no part of the table\'s key, which is sku.',
    ],
  ])('%s', (_, command, { Item, Key }: { Item?: Item; Key?: Item }, reason) => {
    const request = {
      TableName: 'stock',
      ...(Item && { Item: attributesOf(Item) }),
      ...(Key && { Key: attributesOf(Key) }),
    };
    expect(() => holding().perform(command, request)).toThrow(reason);
  });

  test('the list of reserved words is whole', () => {
    expect(RESERVED_WORDS.size).toBe(573);
  });
});

describe('a transaction', () => {
  const put = (item: Item, more: object = {}) => ({ Put: { TableName: 'stock', Item: attributesOf(item), ...more } });
  const check = (sku: string, ConditionExpression: string) => ({
    ConditionCheck: { TableName: 'stock', Key: attributesOf({ sku }), ConditionExpression },
  });

  test('does all, and a check writes nothing', () => {
    const tables = holding(mug);
    const TransactItems = [put({ sku: 'pen' }), check('mug', 'attribute_exists(sku)')];
    tables.perform('TransactWriteItems', { TransactItems });
    expect(tables.items('stock')).toEqual([mug, { sku: 'pen' }]);
  });

  test('does nothing when one condition fails, and says which, with the item on request', () => {
    const tables = holding(mug);
    const own = put(
      { sku: 'mug' },
      {
        ConditionExpression: 'attribute_not_exists(sku)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    );
    const refusal = (() => {
      try {
        return tables.perform('TransactWriteItems', { TransactItems: [put({ sku: 'pen' }), own] });
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(TransactionCanceledException);
    expect((refusal as TransactionCanceledException).CancellationReasons).toEqual([
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Item: attributesOf(mug) },
    ]);
    expect(tables.items('stock')).toEqual([mug]);
  });

  test('that touches an item twice is refused', () => {
    const TransactItems = [put({ sku: 'pen' }), check('pen', 'attribute_exists(sku)')];
    expect(() => holding().perform('TransactWriteItems', { TransactItems })).toThrow(
      'it touches the item stock ["pen"] twice. Make one write of both.',
    );
  });

  test('of more than a hundred items is refused', () => {
    const TransactItems = Array.from({ length: 101 }, (_, index) => put({ sku: `s${index}` }));
    expect(() => holding().perform('TransactWriteItems', { TransactItems })).toThrow('at most 100 items fit into it.');
  });
});

test('a query finds the items of a partition, in order, and leaves out what its filter does', () => {
  const tables = new Tables('an atom', [visits]);
  for (const [shop, day, count] of [
    ['a', '02', 2],
    ['a', '01', 1],
    ['a', '03', 3],
    ['b', '01', 9],
  ] as const) {
    tables.seed('visits', { shop, day, visitors: count });
  }
  const query = (more: object) =>
    (
      tables.perform('Query', { TableName: 'visits', KeyConditionExpression: 'shop = :a', ...more }) as {
        Items: Attributes[];
      }
    ).Items.map((item) => plain(item).visitors);
  expect(query(values({ ':a': 'a' }))).toEqual([1, 2, 3]);
  expect(query({ ...values({ ':a': 'a' }), ScanIndexForward: false, Limit: 2 })).toEqual([3, 2]);
  expect(query({ ...values({ ':a': 'a', ':n': 1 }), FilterExpression: 'visitors > :n' })).toEqual([2, 3]);
});

test('what the contract does not allow is refused, with what to write', () => {
  const tables = new Tables('award-points', [{ ...stock, actions: ['UpdateItem'] }]);
  expect(() => tables.perform('GetItem', { TableName: 'stock', Key: attributesOf({ sku: 'mug' }) })).toThrow(
    "award-points does GetItem on the table \"stock\", and its role would not allow it. Write in its contract: uses: [….allow('UpdateItem', 'GetItem')].",
  );
  expect(() => tables.perform('GetItem', { TableName: 'other', Key: {} })).toThrow(
    'award-points has no table "other"; its contract uses: "stock".',
  );
});
