import {
  ConditionalCheckFailedException,
  type QueryCommandInput,
  TransactionCanceledException,
  type TransactWriteItem,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { TableAction } from '../../contract/index.ts';
import { AtomTestError } from '../mistakes.ts';
import { orderOf, readCondition } from './condition.ts';
import { type Placed, Placeholders, refused } from './expression.ts';
import { type Attributes, attributesOf, copied, type Item, itemOf, plain } from './item.ts';
import { readUpdate } from './update.ts';

/** A table, and what may be done with it. */
export interface TableDefinition {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey?: string | undefined;
  readonly actions: readonly TableAction[];
}

/** One write of a request, whichever command it stands in. */
interface WriteRequest extends Placed {
  readonly TableName?: string | undefined;
  readonly Key?: Attributes | undefined;
  readonly Item?: Attributes | undefined;
  readonly UpdateExpression?: string | undefined;
  readonly ConditionExpression?: string | undefined;
  readonly ReturnValues?: string | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: string | undefined;
}

/** What a write would do. */
interface Planned {
  readonly table: StoredTable;
  readonly key: string;
  readonly old: Item | undefined;
  readonly holds: boolean;
  /** Undefined deletes the item. */
  readonly next: Item | undefined;
}

/** DynamoDB's limit. */
const LARGEST_TRANSACTION = 100;

const ACTION_OF = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
} as const satisfies Record<string, TableAction>;

type WriteKind = keyof typeof ACTION_OF;

interface StoredTable extends TableDefinition {
  readonly items: Map<string, Item>;
}

/**
 * DynamoDB as far as an atom's `uses` can reach: reads, queries, conditional writes and transactions on tables in this
 * process, one after another. What it does not play it refuses; so it does what DynamoDB would refuse (a reserved word
 * without an alias, a key that does not fit) and what the contract does not allow. Numbers are JavaScript's.
 */
export class Tables {
  readonly #tables: ReadonlyMap<string, StoredTable>;
  readonly #owner: string;

  /** @param owner whose tables they are, for errors */
  constructor(owner: string, definitions: readonly TableDefinition[]) {
    this.#owner = owner;
    this.#tables = new Map(definitions.map((definition) => [definition.name, { ...definition, items: new Map() }]));
  }

  /** Puts an item into a table, whatever the contract allows. */
  seed(name: string, item: Item): void {
    const table = this.#table(name);
    table.items.set(
      this.#keyOf(table, item, `item of the table ${name}`),
      plain(marshall(item, { removeUndefinedValues: true })),
    );
  }

  /** All that a table holds, in the order of its keys. */
  items(name: string): readonly Item[] {
    const { items } = this.#table(name);
    return [...items.keys()].sort().map((key) => items.get(key) ?? {});
  }

  /** One item, by its key. */
  item(name: string, key: Item): Item | undefined {
    const table = this.#table(name);
    return table.items.get(this.#keyOf(table, key, `key of the table ${name}`));
  }

  /** Takes an item out of a table, as its expiry does. */
  remove(name: string, key: Item): void {
    const table = this.#table(name);
    table.items.delete(this.#keyOf(table, key, `key of the table ${name}`));
  }

  // biome-ignore lint/suspicious/noExplicitAny: a command's input, as the SDK has typed it where it was written
  perform(command: string, input: any): unknown {
    switch (command) {
      case 'GetItem':
        return this.#get(input);
      case 'Query':
        return this.#query(input);
      case 'PutItem':
        return this.#write('Put', input);
      case 'UpdateItem':
        return this.#write('Update', input);
      case 'DeleteItem':
        return this.#write('Delete', input);
      case 'TransactWriteItems':
        return this.#transact(input.TransactItems ?? []);
      default:
        throw new AtomTestError(
          `${command} is not played: an atom's contract can allow GetItem, Query and writes of single items. Answer it yourself with aws: { ${command}: (input) => … }.`,
        );
    }
  }

  #get({ TableName = '', Key = {} }: { TableName?: string; Key?: Attributes }): { Item?: Attributes } {
    const table = this.#allowed(TableName, 'GetItem');
    const item = table.items.get(this.#keyOf(table, plain(Key), 'GetItem', true));
    return item ? { Item: copied(attributesOf(item)) } : {};
  }

  #query(input: QueryCommandInput): { Items: Attributes[]; Count: number } {
    const table = this.#allowed(input.TableName ?? '', 'Query');
    if (input.IndexName || input.ProjectionExpression || input.ExclusiveStartKey) {
      throw new AtomTestError('Query is played without indexes, projections and pages.');
    }
    const placeholders = new Placeholders(input);
    const condition = (kind: string, text: string): ((item: Item) => boolean) => {
      const holds = placeholders.read(kind, text, readCondition);
      return (item) => holds(item, placeholders.values);
    };
    const wanted = condition('KeyConditionExpression', input.KeyConditionExpression ?? '');
    const filter = input.FilterExpression ? condition('FilterExpression', input.FilterExpression) : () => true;
    placeholders.checkUsed(`Query of ${table.name}`);
    const { sortKey } = table;
    const found = [...table.items.values()]
      .filter(wanted)
      .sort((a, b) => (sortKey ? (orderOf(a[sortKey], b[sortKey]) ?? 0) : 0));
    const ordered = input.ScanIndexForward === false ? found.reverse() : found;
    const items = ordered.slice(0, input.Limit ?? ordered.length).filter(filter);
    return { Items: items.map((item) => copied(attributesOf(item))), Count: items.length };
  }

  #write(kind: WriteKind, request: WriteRequest): { Attributes?: Attributes } {
    const planned = this.#plan(kind, request);
    if (!planned.holds) {
      throw new ConditionalCheckFailedException({
        message: 'The conditional request failed',
        $metadata: {},
        ...oldItem(request, planned),
      });
    }
    make(planned);
    const shown = { ALL_NEW: planned.next, ALL_OLD: planned.old }[request.ReturnValues ?? 'NONE'];
    return shown ? { Attributes: copied(attributesOf(shown)) } : {};
  }

  #transact(requests: readonly TransactWriteItem[]): Record<never, never> {
    const where = `transaction of ${requests.length} items`;
    if (requests.length > LARGEST_TRANSACTION)
      throw refused(where, `at most ${LARGEST_TRANSACTION} items fit into it.`);
    const all = requests.map((request) => {
      const [[kind, fields] = ['', undefined]] = Object.entries(request);
      if (!fields || !(kind in ACTION_OF))
        throw refused(where, 'each item is a Put, an Update, a Delete or a ConditionCheck.');
      return { fields: fields as WriteRequest, planned: this.#plan(kind as WriteKind, fields as WriteRequest), kind };
    });
    const places = all.map(({ planned: { table, key } }) => `${table.name} ${key}`);
    const twice = places.find((place, index) => places.indexOf(place) !== index);
    if (twice) throw refused(where, `it touches the item ${twice} twice. Make one write of both.`);
    if (all.some(({ planned }) => !planned.holds)) {
      throw new TransactionCanceledException({
        message: 'Transaction cancelled, please refer cancellation reasons for specific reasons',
        $metadata: {},
        CancellationReasons: all.map(({ fields, planned }) =>
          planned.holds ? { Code: 'None' } : { Code: 'ConditionalCheckFailed', ...oldItem(fields, planned) },
        ),
      });
    }
    for (const { planned, kind } of all) if (kind !== 'ConditionCheck') make(planned);
    return {};
  }

  #plan(kind: WriteKind, request: WriteRequest): Planned {
    const table = this.#allowed(request.TableName ?? '', ACTION_OF[kind]);
    const where = `${ACTION_OF[kind]} of ${table.name}`;
    const given = kind === 'Put' ? itemOf(request.Item ?? {}) : plain(request.Key ?? {});
    const key = this.#keyOf(table, given, where, kind !== 'Put');
    const old = table.items.get(key);
    const placeholders = new Placeholders(request);
    const { ConditionExpression: condition, UpdateExpression: update } = request;
    const keys = keyNames(table);
    const isMet =
      condition === undefined ? () => true : placeholders.read('ConditionExpression', condition, readCondition);
    const change =
      update === undefined
        ? (item: Item) => item
        : placeholders.read(`UpdateExpression ${keys.join(' ')}`, update, (read) => readUpdate(read, keys));
    placeholders.checkUsed(where);
    const { values } = placeholders;
    const holds = isMet(old ?? {}, values);
    const next = kind === 'Delete' ? undefined : kind === 'Update' && holds ? change(old ?? given, values) : given;
    return { table, key, old, holds, next };
  }

  #table(name: string): StoredTable {
    const table = this.#tables.get(name);
    if (table) return table;
    const known = [...this.#tables.keys()].map((each) => `"${each}"`).join(', ') || 'none';
    throw new AtomTestError(`${this.#owner} has no table "${name}"; its contract uses: ${known}.`);
  }

  #allowed(name: string, action: TableAction): StoredTable {
    const table = this.#table(name);
    if (table.actions.includes(action)) return table;
    const allow = [...table.actions, action].map((each) => `'${each}'`).join(', ');
    throw new AtomTestError(
      `${this.#owner} does ${action} on the table "${name}", and its role would not allow it. Write in its contract: uses: [….allow(${allow})].`,
    );
  }

  #keyOf(table: TableDefinition, item: Item, where: string, alone = false): string {
    const names = keyNames(table);
    for (const name of names) {
      const value = item[name];
      if (typeof value === 'string' && value !== '') continue;
      throw refused(
        where,
        `its key "${name}" is ${JSON.stringify(value) ?? 'missing'}; a text that is not empty is needed.`,
      );
    }
    const other = alone && Object.keys(item).find((name) => !names.includes(name));
    if (other) throw refused(where, `"${other}" is no part of the table's key, which is ${names.join(' and ')}.`);
    return JSON.stringify(names.map((name) => item[name]));
  }
}

const keyNames = ({ partitionKey, sortKey }: TableDefinition): readonly string[] =>
  sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];

const oldItem = (request: WriteRequest, { old }: Planned): { Item?: Attributes } =>
  request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && old ? { Item: copied(attributesOf(old)) } : {};

function make({ table, key, next }: Planned): void {
  if (next) table.items.set(key, next);
  else table.items.delete(key);
}
