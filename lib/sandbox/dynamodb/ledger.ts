import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  paginateScan,
  TransactionCanceledException,
  TransactionConflictException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { ProviderName } from '../faults.ts';
import {
  type Call,
  type Concluded,
  type Conclusion,
  inOrder,
  type Ledger,
  LedgerContention,
  type LedgerEntry,
} from '../ledger.ts';
import { type Item, keyOf, updating } from './expressions.ts';

/** What the store adds to an entry. `id` is the table's key, so that the effect's own id goes by another name. */
interface StoredEntry extends Omit<LedgerEntry, 'id'> {
  readonly id: string;
  readonly provider: ProviderName;
  readonly effectId?: string;
}

/** A provider's entries in a table with the partition key `id`; several providers may share it. */
export class DynamoDbLedger implements Ledger {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #provider: ProviderName;

  constructor(client: DynamoDBClient, table: string, provider: ProviderName) {
    this.#client = client;
    this.#table = table;
    this.#provider = provider;
  }

  async count(call: Call): Promise<LedgerEntry> {
    const update = updating({ add: { calls: 1 }, setIfNew: { ...call, provider: this.#provider } });
    const command = new UpdateItemCommand({ ...this.#at(call.key), ...update, ReturnValues: 'ALL_NEW' });
    const { Attributes } = await refusingContention(this.#client.send(command));
    return fromItem(Attributes ?? {});
  }

  async find(key: string): Promise<LedgerEntry | undefined> {
    const { Item } = await this.#client.send(new GetItemCommand({ ...this.#at(key), ConsistentRead: true }));
    return Item && fromItem(Item);
  }

  async occupy(key: string, now: number, until: number): Promise<boolean> {
    const update = updating({
      set: { busyUntil: until },
      condition: 'attribute_not_exists(answer) AND (attribute_not_exists(busyUntil) OR busyUntil <= :now)',
      values: { ':now': now },
    });
    return this.#conditionally(new UpdateItemCommand({ ...this.#at(key), ...update }));
  }

  async conclude(key: string, { takes, id, ...conclusion }: Conclusion): Promise<Concluded> {
    const update = updating({
      set: { ...conclusion, ...(id !== undefined && { effectId: id }) },
      condition: 'attribute_not_exists(answer)',
    });
    const entry = { ...this.#at(key), ...update };
    if (!takes) return (await this.#conditionally(new UpdateItemCommand(entry))) ? 'concluded' : 'before';
    const taking = updating({
      add: { remaining: -takes.amount },
      condition: 'remaining >= :amount',
      values: { ':amount': takes.amount },
    });
    return this.#together([entry, { ...this.#at(takes.key), ...taking }]);
  }

  async entries(): Promise<readonly LedgerEntry[]> {
    const found: LedgerEntry[] = [];
    const scan = {
      TableName: this.#table,
      ConsistentRead: true,
      FilterExpression: '#provider = :provider',
      ExpressionAttributeNames: { '#provider': 'provider' },
      ExpressionAttributeValues: { ':provider': { S: this.#provider } },
    };
    for await (const { Items = [] } of paginateScan({ client: this.#client }, scan)) found.push(...Items.map(fromItem));
    return inOrder(found);
  }

  /** Both or none. Which of the conditions failed tells what became of it. */
  async #together(updates: readonly [UpdateInTransaction, UpdateInTransaction]): Promise<Concluded> {
    try {
      await this.#client.send(new TransactWriteItemsCommand({ TransactItems: updates.map((Update) => ({ Update })) }));
      return 'concluded';
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const reasons = error.CancellationReasons?.map(({ Code }) => Code) ?? [];
      if (reasons[0] === 'ConditionalCheckFailed') return 'before';
      if (reasons[1] === 'ConditionalCheckFailed') return 'exceeded';
      if (reasons.includes('TransactionConflict')) throw new LedgerContention(error.message, { cause: error });
      throw error;
    }
  }

  async #conditionally(command: UpdateItemCommand): Promise<boolean> {
    try {
      await refusingContention(this.#client.send(command));
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  #at(key: string) {
    return { TableName: this.#table, Key: keyOf(`${this.#provider}/${key}`) };
  }
}

type UpdateInTransaction = ReturnType<typeof updating> & { readonly TableName: string; readonly Key: Item };

function fromItem(item: Item): LedgerEntry {
  const { id: _, provider: __, effectId, ...entry } = unmarshall(item) as StoredEntry;
  return { ...entry, ...(effectId !== undefined && { id: effectId }) };
}

/** A write that meets a transaction on the same item is refused; DynamoDB lets neither wait. */
async function refusingContention<T>(writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (error) {
    if (error instanceof TransactionConflictException) throw new LedgerContention(error.message, { cause: error });
    throw error;
  }
}
