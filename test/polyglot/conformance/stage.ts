import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { SQSBatchResponse } from 'aws-lambda';
import { batch, record } from '../../fakes/delivery.ts';
import type { Tokens } from '../../fakes/tokens.ts';
import type { Fields } from './case.ts';

interface Key {
  readonly execution: string;
  readonly step: string;
}

/** What a direct call came to. */
export type Called = { readonly returned: unknown } | { readonly thrown: string };

/** Where cases are played: Lambda, its records, tokens that somebody waits with, and a dead-letter queue. */
export class ConformanceStage {
  readonly #functions: LambdaClient;
  readonly #dynamoDB: DynamoDBClient;
  readonly #sqs: SQSClient;
  readonly #records: string;
  readonly #deadLetters: string;
  readonly tokens: Tokens;

  /** @param deadLetters the URL of the queue that the atom's DEAD_LETTER_QUEUE_URL names */
  constructor(
    clients: { readonly functions: LambdaClient; readonly dynamoDB: DynamoDBClient; readonly sqs: SQSClient },
    { records, deadLetters, tokens }: { records: string; deadLetters: string; tokens: Tokens },
  ) {
    this.#functions = clients.functions;
    this.#dynamoDB = clients.dynamoDB;
    this.#sqs = clients.sqs;
    this.#records = records;
    this.#deadLetters = deadLetters;
    this.tokens = tokens;
  }

  /**
   * Hands a batch to the function as its event source would.
   * @returns whether each message was acknowledged
   * @throws Error when the function throws: that takes the whole batch along
   */
  async deliver(functionName: string, bodies: readonly string[]): Promise<readonly boolean[]> {
    const records = bodies.map((body) => record(body));
    const answer = await this.call(functionName, batch(...records));
    if ('thrown' in answer) throw new Error(`The function threw ${answer.thrown} over a batch.`);
    const { batchItemFailures } = answer.returned as SQSBatchResponse;
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    return records.map(({ messageId }) => !failed.has(messageId));
  }

  async call(functionName: string, event: object): Promise<Called> {
    const { FunctionError, Payload } = await this.#functions.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) }),
    );
    const payload = JSON.parse(Buffer.from(Payload ?? []).toString() || 'null');
    return FunctionError ? { thrown: String(payload.errorType) } : { returned: payload };
  }

  async record(key: Key): Promise<Fields | undefined> {
    const { Item } = await this.#dynamoDB.send(
      new GetItemCommand({ TableName: this.#records, Key: marshall({ ...key }), ConsistentRead: true }),
    );
    return Item && unmarshall(Item);
  }

  /** Leaves a record as an earlier attempt would have. */
  async leave(key: Key, fields: Fields): Promise<void> {
    const item = { expiry: Math.ceil(Date.now() / 1_000) + 3_600, ...fields, ...key };
    await this.#dynamoDB.send(new PutItemCommand({ TableName: this.#records, Item: marshall(item) }));
  }

  /** Takes what lies in the dead-letter queue. */
  async buried(): Promise<readonly string[]> {
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({ QueueUrl: this.#deadLetters, MaxNumberOfMessages: 10 }),
    );
    for (const { ReceiptHandle } of Messages) {
      await this.#sqs.send(new DeleteMessageCommand({ QueueUrl: this.#deadLetters, ReceiptHandle }));
    }
    return Messages.map(({ Body = '' }) => Body);
  }
}
