/**
 * The step protocol on a stage of its own: the real runtime in this process, its records, queues and tokens in the
 * emulator. Nothing between queue and atom is played but the event source: `deliver` hands a message over and deletes
 * what was not reported as failed, as Lambda does.
 */
import { GetItemCommand, PutItemCommand, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, jest } from '@jest/globals';
import type { SQSBatchResponse } from 'aws-lambda';
import type { Envelope, Settlement } from '../../lib/contract/index.ts';
import { type Emulator, startEmulator } from '../../lib/local/emulator/index.ts';
import { clients } from '../../lib/runtime/clients.ts';
import type { AtomFunction } from '../../lib/runtime/index.ts';
import type { StepKey, StepRecord } from '../../lib/runtime/record.ts';
import { awsError } from './aws.ts';
import { batch, lambdaContext, record } from './delivery.ts';
import { createQueue, createTable, createTokenMachine } from './resources.ts';
import { Tokens, type Waiting } from './tokens.ts';

const FIRST_PORT = 4850;
const RECORDS = 'records';
export const STOCK = 'stock';

/** What becomes of a call of DynamoDB about an order. */
export type Fault =
  /** Done, and the answer is lost. */
  | 'answer lost'
  /** Done, its answer lost, and sent again by the SDK. */
  | 'sent twice'
  /** Not done. */
  | 'throttled'
  /** Not done, because another transaction is at the same items. */
  | 'collides'
  /** Not done, because an item of the transaction is not valid. */
  | 'cancelled';

export class Stage {
  #emulator!: Emulator;
  #stepFunctions!: SFNClient;
  #sqs!: SQSClient;
  #tokens!: Tokens;
  queue = '';
  deadLetters = '';
  readonly lines: Record<string, unknown>[] = [];
  readonly #routes = new Map<string, { instances: readonly AtomFunction[]; open: number; deliveries: number }>();
  readonly #faults = new Map<string, { command: string; fault: Fault; skip: number; times: number }>();

  async start(name: string): Promise<void> {
    const port = FIRST_PORT + Number(process.env.JEST_WORKER_ID ?? 0);
    this.#emulator = await startEmulator({ port, logFile: `.breakwater/tests/${name}.log` });
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: this.#emulator.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      BREAKWATER_TIME_SCALE: '0.01', // a second for whatever would be longer
      RECORDS_TABLE: RECORDS,
      STOCK_TABLE: STOCK,
    });
    this.#stepFunctions = new SFNClient({});
    this.#sqs = new SQSClient({});
    this.queue = await createQueue('queue');
    this.deadLetters = await createQueue('dead-letters');
    Object.assign(process.env, { QUEUE_URL: this.queue, DEAD_LETTER_QUEUE_URL: this.deadLetters });
    await Promise.all([createTable(RECORDS, 'execution', 'step'), createTable(STOCK, 'sku')]);
    const tokens = await createQueue('tokens');
    const machine = await createTokenMachine(this.#stepFunctions, tokens);
    this.#tokens = new Tokens({ stepFunctions: this.#stepFunctions, sqs: this.#sqs }, machine, tokens);
    clients.dynamoDB().middlewareStack.add((next, { commandName }) => async (args) => {
      const fault = this.#faultOf(commandName ?? '', args.input);
      if (fault === 'collides') throw cancelled('TransactionConflict');
      if (fault === 'cancelled') throw cancelled('ValidationError');
      if (fault === 'throttled') throw awsError('ProvisionedThroughputExceededException');
      const answer = await next(args);
      if (fault === 'sent twice') return next(args);
      if (fault === 'answer lost') throw new Error('The connection was closed.');
      return answer;
    });
    jest.spyOn(console, 'log').mockImplementation((line) => {
      this.lines.push(JSON.parse(String(line)));
    });
  }

  async stop(): Promise<void> {
    for (const client of [this.#stepFunctions, this.#sqs, ...Object.values(clients).map((make) => make())])
      client.destroy();
    await this.#emulator.stop();
  }

  /** A state machine that waits with a token, as a step does. */
  waiting(): Promise<Waiting> {
    return this.#tokens.waiting();
  }

  /** Hands one message to an atom, once. @returns whether it was acknowledged */
  async give(atom: AtomFunction, message: Envelope | string): Promise<boolean> {
    const { batchItemFailures } = (await atom(batch(record(message)), lambdaContext)) as SQSBatchResponse;
    return batchItemFailures.length === 0;
  }

  /**
   * Sends messages of one order through the queue to some instances of an atom, as often as they come back, until all
   * are acknowledged. Orders that are delivered at the same time share the queue, as they do on AWS.
   */
  async deliver(instances: readonly AtomFunction[], messages: readonly Envelope[]): Promise<void> {
    const route = { instances, open: messages.length, deliveries: 0 };
    this.#routes.set(messages[0]?.execution ?? '', route);
    for (const message of messages) {
      await this.#sqs.send(new SendMessageCommand({ QueueUrl: this.queue, MessageBody: JSON.stringify(message) }));
    }
    for (const deadline = Date.now() + 12_000; route.open > 0 && Date.now() < deadline; ) {
      const { Messages = [] } = await this.#sqs.send(
        new ReceiveMessageCommand({ QueueUrl: this.queue, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      await Promise.all(Messages.map((message) => this.#dispatch(message)));
    }
  }

  async #dispatch({ Body = '', ReceiptHandle = '' }: Message): Promise<void> {
    const route = this.#routes.get(JSON.parse(Body).execution);
    const atom = route?.instances[route.deliveries % route.instances.length];
    if (!route || !atom) throw new Error(`Nobody waits for ${Body}.`);
    route.deliveries += 1;
    const event = batch(record(Body, { receiptHandle: ReceiptHandle, receives: route.deliveries }));
    const { batchItemFailures } = (await atom(event, lambdaContext)) as SQSBatchResponse;
    if (batchItemFailures.length > 0) return;
    await this.#sqs.send(new DeleteMessageCommand({ QueueUrl: this.queue, ReceiptHandle }));
    route.open -= 1;
  }

  async settle(atom: AtomFunction, message: Envelope): Promise<Settlement> {
    return (await atom(message, lambdaContext)) as Settlement;
  }

  async record(key: StepKey): Promise<StepRecord | undefined> {
    const Key = marshall({ execution: key.execution, step: key.step });
    const { Item } = await clients
      .dynamoDB()
      .send(new GetItemCommand({ TableName: RECORDS, Key, ConsistentRead: true }));
    return Item && (unmarshall(Item) as StepRecord);
  }

  /** Leaves a record as an earlier attempt would have. */
  async leave(left: Partial<StepRecord> & StepKey): Promise<void> {
    const item = { expiry: Math.ceil(Date.now() / 1_000) + 3_600, ...left };
    await clients.dynamoDB().send(new PutItemCommand({ TableName: RECORDS, Item: marshall(item) }));
  }

  async stock(sku: string): Promise<number> {
    const { Item } = await clients.dynamoDB().send(new GetItemCommand({ TableName: STOCK, Key: marshall({ sku }) }));
    return Item ? unmarshall(Item).available : Number.NaN;
  }

  async setStock(sku: string, available: number): Promise<void> {
    await clients.dynamoDB().send(new PutItemCommand({ TableName: STOCK, Item: marshall({ sku, available }) }));
  }

  /** Has calls of a kind about an order go wrong: so many, after so many that go well. */
  fail(execution: string, command: string, fault: Fault, { skip = 0, times = 1 } = {}): void {
    this.#faults.set(execution, { command: `${command}Command`, fault, skip, times });
  }

  #faultOf(command: string, input: object): Fault | undefined {
    const text = JSON.stringify(input);
    const found = [...this.#faults].find(([execution]) => text.includes(execution))?.[1];
    if (found?.command !== command || found.times === 0) return undefined;
    if (found.skip > 0) {
      found.skip -= 1;
      return undefined;
    }
    found.times -= 1;
    return found.fault;
  }

  /** What the log says of an order, in order. */
  happenings(execution: string): readonly unknown[] {
    return this.lines.filter((line) => line.execution === execution).map(({ happening }) => happening);
  }

  /** The messages of the dead-letter queue, with their reasons. */
  async buried(): Promise<readonly { readonly body: string; readonly reason: string | undefined }[]> {
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.deadLetters,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages.map(({ Body = '', MessageAttributes }) => ({
      body: Body,
      reason: MessageAttributes?.reason?.StringValue,
    }));
  }
}

/** A stage for the tests of a file. */
export function stageUnderTest(name: string): Stage {
  jest.setTimeout(20_000);
  const stage = new Stage();
  beforeAll(() => stage.start(name), 120_000);
  afterAll(() => stage.stop());
  return stage;
}

const cancelled = (Code: string): Error =>
  new TransactionCanceledException({
    message: 'cancelled',
    $metadata: {},
    CancellationReasons: [{ Code: 'None' }, { Code }],
  });
