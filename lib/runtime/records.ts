import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
  type UpdateItemCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Outcome } from './outcome.ts';
import {
  type Again,
  expiryOf,
  finalRecord,
  keyOf,
  marshalled,
  NotCommitted,
  type Origin,
  recordOf,
  type StepKey,
  type StepRecord,
  Taken,
  type TransactionItem,
  toTransactWriteItem,
} from './record.ts';

/**
 * The records of steps in DynamoDB. Every write is conditional: whoever loses gets the record as it stands (`Taken`)
 * and obeys it. Nothing is ever deleted.
 */
export class Records {
  readonly #client: DynamoDBClient;
  readonly #table: string;

  constructor(client: DynamoDBClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  /** Reads consistently. */
  async read(key: StepKey): Promise<StepRecord | undefined> {
    const { Item } = await this.#client.send(
      new GetItemCommand({ TableName: this.#table, Key: marshall(keyOf(key)), ConsistentRead: true }),
    );
    return Item && recordOf(Item);
  }

  /**
   * Takes the key for one attempt: if nobody has it, or the last one's lease is over, nobody settles, and it may be
   * attempted again. An update, not a put: a put would erase what earlier attempts left.
   * @throws Taken
   */
  async claim(
    key: StepKey,
    claim: { owner: string; now: number; lease: number; input: unknown; skew: number; again: Again },
    origin: Origin,
  ): Promise<StepRecord> {
    const again = condition(claim.again);
    return this.#updated(key, {
      UpdateExpression:
        'SET #status = :inProgress, #owner = :owner, lease = :lease, attemptEnds = :lease, attempts = if_not_exists(attempts, :zero) + :one, ' +
        'firstAttempt = if_not_exists(firstAttempt, :now), #input = :input, contract = :contract, correlationId = :correlationId, expiry = :expiry',
      // A claim that comes late must not make the last attempt end earlier than it does.
      ConditionExpression: `attribute_not_exists(#status) OR (#status = :inProgress AND lease < :over AND (attribute_not_exists(attemptEnds) OR attemptEnds <= :lease) AND attribute_not_exists(fencing)${again.text})`,
      ExpressionAttributeNames: { '#status': 'status', '#owner': 'owner', '#input': 'input' },
      ExpressionAttributeValues: marshalled({
        ':inProgress': 'INPROGRESS',
        ':owner': claim.owner,
        ':lease': claim.lease,
        ':over': claim.now - claim.skew,
        ':now': claim.now,
        ':zero': 0,
        ':one': 1,
        ':input': claim.input,
        ':contract': origin.contract,
        ':correlationId': origin.correlationId,
        ':expiry': expiryOf(origin),
        ...again.values,
      }),
    });
  }

  /**
   * Takes an open key to find out what became of its attempts: no attempt itself, so nothing is counted.
   * @throws Taken
   */
  async takeToFind(key: StepKey, taking: Taking): Promise<StepRecord> {
    return this.#take(key, taking, { condition: ' AND attribute_not_exists(fencing)' });
  }

  /**
   * Begins another attempt under a key that was taken to find out, and was found not to have happened. The provider's
   * key counts from here. The count is set, not raised: the SDK may send the same update twice.
   * @throws Taken when the key is not mine any more, or is being settled meanwhile
   */
  async attemptAgain(
    key: StepKey,
    {
      owner,
      attempt,
      now,
      lease,
      input,
    }: { owner: string; attempt: number; now: number; lease: number; input: unknown },
  ): Promise<void> {
    await this.#update(key, {
      UpdateExpression:
        'SET attempts = :attempt, lease = :lease, attemptEnds = :lease, firstAttempt = :now, #input = :input',
      ConditionExpression: '#status = :inProgress AND #owner = :owner AND attribute_not_exists(fencing)',
      ExpressionAttributeNames: { '#status': 'status', '#owner': 'owner', '#input': 'input' },
      ExpressionAttributeValues: marshalled({
        ':inProgress': 'INPROGRESS',
        ':owner': owner,
        ':attempt': attempt,
        ':lease': lease,
        ':now': now,
        ':input': input,
      }),
    });
  }

  /**
   * Records what became of an attempt of mine.
   * @throws Taken when the key is not mine any more
   */
  async complete(key: StepKey, owner: string, outcome: Outcome): Promise<void> {
    await this.#update(key, {
      UpdateExpression: 'SET #status = :completed, outcome = :outcome REMOVE lease, #owner, fencing',
      ConditionExpression: '#status = :inProgress AND #owner = :owner',
      ExpressionAttributeNames: { '#status': 'status', '#owner': 'owner' },
      ExpressionAttributeValues: marshalled({
        ':completed': 'COMPLETED',
        ':inProgress': 'INPROGRESS',
        ':owner': owner,
        ':outcome': outcome,
      }),
    });
  }

  /**
   * Gives the key back after an error. The record stays: the effect may have happened.
   * @throws Taken when the key is not mine any more
   */
  async release(key: StepKey, owner: string): Promise<void> {
    await this.#update(key, {
      UpdateExpression: 'SET lease = :zero',
      ConditionExpression: '#status = :inProgress AND #owner = :owner',
      ExpressionAttributeNames: { '#status': 'status', '#owner': 'owner' },
      ExpressionAttributeValues: marshalled({ ':inProgress': 'INPROGRESS', ':owner': owner, ':zero': 0 }),
    });
  }

  /**
   * Gives the key back as if this attempt had not been: the provider was surely not reached. The count is set, not
   * lowered: the SDK may send the same update twice.
   * @param attempt the number of this attempt; after the first, the provider's key does not count from it either
   * @throws Taken when the key is not mine any more
   */
  async takeBack(key: StepKey, owner: string, attempt: number): Promise<void> {
    const forget = attempt === 1 ? ' REMOVE firstAttempt, attemptEnds' : '';
    await this.#update(key, {
      UpdateExpression: `SET lease = :zero, attempts = :less${forget}`,
      ConditionExpression: '#status = :inProgress AND #owner = :owner AND attempts = :attempt',
      ExpressionAttributeNames: { '#status': 'status', '#owner': 'owner' },
      ExpressionAttributeValues: marshalled({
        ':inProgress': 'INPROGRESS',
        ':owner': owner,
        ':zero': 0,
        ':attempt': attempt,
        ':less': attempt - 1,
      }),
    });
  }

  /**
   * Writes a final outcome where there is no record, so that nothing can happen under the key any more.
   * @throws Taken
   */
  async putFinal(key: StepKey, outcome: Outcome, input: unknown, origin: Origin): Promise<void> {
    try {
      await this.#client.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: marshalled(finalRecord(key, outcome, input, origin)),
          ConditionExpression: 'attribute_not_exists(execution)',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
    } catch (error) {
      throw await this.#lost(key, error);
    }
  }

  /** Fences a key whose attempts were all taken back. @throws Taken */
  async fenceUnattempted(key: StepKey, reason: string, now: number, skew: number): Promise<void> {
    await this.#update(key, {
      UpdateExpression: 'SET #status = :completed, outcome = :outcome REMOVE lease, #owner, fencing',
      ConditionExpression: '#status = :inProgress AND attempts = :zero AND lease < :over',
      ExpressionAttributeNames: { '#status': 'status', '#owner': 'owner' },
      ExpressionAttributeValues: marshalled({
        ':completed': 'COMPLETED',
        ':inProgress': 'INPROGRESS',
        ':zero': 0,
        ':over': now - skew,
        ':outcome': { fenced: reason },
      }),
    });
  }

  /** Lets the running attempt finish, and no other begin. @throws Taken */
  async startFencing(key: StepKey): Promise<void> {
    await this.#update(key, {
      UpdateExpression: 'SET fencing = :yes',
      ConditionExpression: '#status = :inProgress',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: marshalled({ ':inProgress': 'INPROGRESS', ':yes': true }),
    });
  }

  /** Settle takes an open key over, to find out: from then on no attempt begins. @throws Taken */
  async takeOver(key: StepKey, taking: Taking): Promise<StepRecord> {
    return this.#take(key, taking, { update: ', fencing = :yes', values: { ':yes': true } });
  }

  /** From now on a late delivery of the step is refused instead of replayed. @throws Taken */
  async markUndone(key: StepKey, now: number): Promise<void> {
    await this.#update(key, {
      UpdateExpression: 'SET undoneAt = if_not_exists(undoneAt, :now)',
      ConditionExpression: '#status = :completed',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: marshalled({ ':completed': 'COMPLETED', ':now': now }),
    });
  }

  /**
   * Commits the record together with the atom's own writes.
   * @throws Taken when the key was committed before; NotCommitted when a write's condition failed or writes collided
   */
  async commit(
    key: StepKey,
    outcome: Outcome,
    input: unknown,
    writes: readonly TransactionItem[],
    origin: Origin,
  ): Promise<void> {
    const put: TransactWriteItem = {
      Put: {
        TableName: this.#table,
        Item: marshalled(finalRecord(key, outcome, input, origin)),
        ConditionExpression: 'attribute_not_exists(execution)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
    try {
      await this.#client.send(
        new TransactWriteItemsCommand({ TransactItems: [put, ...writes.map(toTransactWriteItem)] }),
      );
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const [own, ...others] = error.CancellationReasons ?? [];
      if (own?.Code === 'ConditionalCheckFailed') throw await this.#lost(key, error);
      const failed = others.findIndex((reason) => reason.Code === 'ConditionalCheckFailed');
      const conflict = [own, ...others].some((reason) => reason?.Code === 'TransactionConflict');
      const reasons = [own, ...others].map((reason) => reason?.Code ?? 'None').join(', ');
      throw new NotCommitted(failed < 0 ? undefined : failed, conflict, reasons, error);
    }
  }

  async #take(
    key: StepKey,
    { owner, now, lease, skew }: Taking,
    own: { readonly update?: string; readonly condition?: string; readonly values?: object },
  ): Promise<StepRecord> {
    return this.#updated(key, {
      UpdateExpression: `SET #owner = :owner, lease = :lease, attemptEnds = if_not_exists(attemptEnds, :now)${own.update ?? ''}`,
      ConditionExpression: `#status = :inProgress AND lease < :over${own.condition ?? ''}`,
      ExpressionAttributeNames: { '#status': 'status', '#owner': 'owner' },
      ExpressionAttributeValues: marshalled({
        ':inProgress': 'INPROGRESS',
        ':owner': owner,
        ':lease': lease,
        ':now': now,
        ':over': now - skew,
        ...own.values,
      }),
    });
  }

  async #update(key: StepKey, update: Update): Promise<UpdateItemCommandOutput> {
    try {
      return await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#table,
          Key: marshall(keyOf(key)),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          ...update,
        }),
      );
    } catch (error) {
      throw await this.#lost(key, error);
    }
  }

  /** Asks for the record as it is then, which otherwise need not be sent. */
  async #updated(key: StepKey, update: Update): Promise<StepRecord> {
    const { Attributes } = await this.#update(key, { ReturnValues: 'ALL_NEW', ...update });
    return recordOf(Attributes ?? {});
  }

  /** The record that stands in the way, from the refusal itself or read again. Any other error is itself. */
  async #lost(key: StepKey, error: unknown): Promise<unknown> {
    if (!(error instanceof ConditionalCheckFailedException) && !(error instanceof TransactionCanceledException))
      return error;
    const item = error instanceof ConditionalCheckFailedException ? error.Item : error.CancellationReasons?.[0]?.Item;
    const record = item ? recordOf(item) : await this.read(key);
    return new Taken(key, record);
  }
}

/** Who takes an open key to find out, and until when. Times are epoch milliseconds, the skew milliseconds. */
interface Taking {
  readonly owner: string;
  readonly now: number;
  readonly lease: number;
  readonly skew: number;
}

type Update = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>;

/** What has to hold of an open record beyond its lease, so that it may be attempted again. */
function condition(again: Again): { readonly text: string; readonly values: object } {
  if (again === 'always') return { text: '', values: {} };
  if (again === 'never') return { text: ' AND attempts = :zero', values: {} };
  return {
    text: ' AND (attribute_not_exists(firstAttempt) OR firstAttempt > :oldest)',
    values: { ':oldest': again.firstAttemptAfter },
  };
}
