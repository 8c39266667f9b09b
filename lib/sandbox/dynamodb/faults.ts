import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Fault, FaultBoard, ProviderName } from '../faults.ts';
import { keyOf } from './expressions.ts';

/**
 * The faults of a provider as one item, an attribute a fault, so that a call reads them all at once and nobody who
 * sets one overwrites another. `times` is counted down in place.
 */
export class DynamoDbFaults implements FaultBoard {
  readonly #client: DynamoDBClient;
  readonly #item: { readonly TableName: string; readonly Key: ReturnType<typeof keyOf> };

  constructor(client: DynamoDBClient, table: string, provider: ProviderName) {
    this.#client = client;
    this.#item = { TableName: table, Key: keyOf(provider) };
  }

  async faults(): Promise<readonly Fault[]> {
    const { Item } = await this.#client.send(new GetItemCommand({ ...this.#item, ConsistentRead: true }));
    const { id: _, ...faults } = Item ? unmarshall(Item) : {};
    return Object.values(faults) as Fault[];
  }

  async take(id: string): Promise<boolean> {
    try {
      await this.#client.send(
        new UpdateItemCommand({
          ...this.#item,
          UpdateExpression: 'SET #fault.#times = #fault.#times - :one',
          ConditionExpression: '#fault.#times >= :one',
          ExpressionAttributeNames: { '#fault': attribute(id), '#times': 'times' },
          ExpressionAttributeValues: { ':one': { N: '1' } },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  async set(fault: Fault): Promise<void> {
    await this.#client.send(
      new UpdateItemCommand({
        ...this.#item,
        UpdateExpression: 'SET #fault = :fault',
        ExpressionAttributeNames: { '#fault': attribute(fault.id) },
        ExpressionAttributeValues: marshall({ ':fault': fault }, { removeUndefinedValues: true }),
      }),
    );
  }

  async clear(id?: string): Promise<void> {
    if (id === undefined) {
      await this.#client.send(new DeleteItemCommand(this.#item));
      return;
    }
    await this.#client.send(
      new UpdateItemCommand({
        ...this.#item,
        UpdateExpression: 'REMOVE #fault',
        ExpressionAttributeNames: { '#fault': attribute(id) },
      }),
    );
  }
}

/** Apart from the table's key, whatever a fault is called. */
const attribute = (faultId: string): string => `fault:${faultId}`;
