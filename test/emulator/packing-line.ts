/**
 * A queue with an atom behind it, whose dead letters the platform's own function answers, and a compiled workflow before
 * it: as the constructs make them, but for times that a test can wait for.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  GetEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type QueueAttributeName,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll } from '@jest/globals';
import { compile } from '../../lib/asl/index.ts';
import { bundle } from '../../lib/constructs/index.ts';
import { environmentNames } from '../../lib/contract/index.ts';
import { readBody } from '../../lib/operations/index.ts';
import { createTable } from '../fakes/resources.ts';
import { type FaultProxy, routeFunctions, startFaultProxy } from '../faults/index.ts';
import { ended, start } from './executions.ts';
import { PACK_PARCEL, packing, parcels } from './parcels.ts';
import { arnOf } from './queues.ts';
import { emulatorUnderTest, eventually, ROLE, type UnderTest } from './under-test.ts';
import { zip } from './zip.ts';

const RECORDS = 'records';
const ANSWER = 'answer-dead-letters';

/** A handler has 3 s, a message may wait 30 s, an attempt takes 76 s at most. */
const TIME_SCALE = 0.5;
const NO_PAUSES = 0.01;

/** Deliveries before a message is a dead letter, and for how many seconds it is hidden after each. */
const RECEIVES = 2;
const HIDDEN = 3;

/** What the lines of a file share. */
export class PackingHall {
  readonly underTest: UnderTest;
  faults!: FaultProxy;
  dynamoDB!: DynamoDBClient;
  #topicArn = '';
  #told = '';
  #code = new Map<string, Uint8Array>();

  constructor(underTest: UnderTest) {
    this.underTest = underTest;
  }

  async start(): Promise<void> {
    const { emulator, queues } = this.underTest;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: emulator.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    this.faults = await startFaultProxy({ target: emulator.endpoint, emulatorPid: emulator.pid });
    await routeFunctions(emulator.endpoint, this.faults.endpoint);
    this.dynamoDB = new DynamoDBClient({});
    const sns = new SNSClient({});
    const [topic, told] = await Promise.all([
      sns.send(new CreateTopicCommand({ Name: 'operators' })),
      queues.send(new CreateQueueCommand({ QueueName: 'told' })),
      createTable(RECORDS, 'execution', 'step'),
      createTable(parcels.name, parcels.partitionKey),
      this.#bundle(),
    ]);
    this.#topicArn = topic.TopicArn ?? '';
    this.#told = told.QueueUrl ?? '';
    const Endpoint = await arnOf(this.underTest, this.#told);
    await sns.send(new SubscribeCommand({ TopicArn: this.#topicArn, Protocol: 'sqs', Endpoint }));
  }

  /**
   * @param name of the workflow; functions and queues have it in theirs
   * @param lacking environment variables that the atom does not have
   */
  async line(name: string, lacking: readonly string[] = []): Promise<PackingLine> {
    const { queues } = this.underTest;
    const queue = async (QueueName: string, more: Partial<Record<QueueAttributeName, string>> = {}) => {
      const { QueueUrl = '' } = await queues.send(new CreateQueueCommand({ QueueName, Attributes: more }));
      return { url: QueueUrl, arn: await arnOf(this.underTest, QueueUrl) };
    };
    const hidden = { VisibilityTimeout: String(HIDDEN) };
    const redrive = (deadLetterTargetArn: string, maxReceiveCount: number) => ({
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }),
    });
    const unanswered = await queue(`${name}-unanswered`);
    const dead = await queue(`${name}-dead-letters`, { ...hidden, ...redrive(unanswered.arn, RECEIVES + 4) });
    const work = await queue(name, { ...hidden, ...redrive(dead.arn, RECEIVES) });
    const variables = {
      RECORDS_TABLE: RECORDS,
      [environmentNames.table(parcels.name)]: parcels.name,
      QUEUE_URL: work.url,
      DEAD_LETTER_QUEUE_URL: dead.url,
      // What fails without anybody waiting is delivered again after a pause: not here.
      BREAKWATER_TIME_SCALE: String(lacking.length > 0 ? NO_PAUSES : TIME_SCALE),
    };
    const functionName = await this.#function(
      `pack-${name}`,
      'pack-parcel',
      Object.fromEntries(Object.entries(variables).filter(([key]) => !lacking.includes(key))),
    );
    const answering = await this.#function(`${ANSWER}-${name}`, ANSWER, {
      RECORDS_TABLE: RECORDS,
      OPERATORS_TOPIC_ARN: this.#topicArn,
      WORKFLOWS: JSON.stringify([name]),
      EXECUTION_ARN_PREFIX: 'arn:aws:states:us-east-1:000000000000:execution:',
      BREAKWATER_TIME_SCALE: String(TIME_SCALE),
    });
    await this.#source(answering, dead.arn, true);
    const mapping = await this.#source(functionName, work.arn, false);
    const machine = await this.#machine(name, work.url, functionName);
    return new PackingLine(this, {
      name,
      machine,
      mapping,
      answering,
      work: work.url,
      dead: dead.url,
      unanswered: unanswered.url,
    });
  }

  /** What operators were told, as far as it says so. */
  async told(of: string): Promise<number> {
    const { Messages = [] } = await this.underTest.queues.send(
      new ReceiveMessageCommand({ QueueUrl: this.#told, MaxNumberOfMessages: 10, VisibilityTimeout: 0 }),
    );
    return Messages.filter(({ Body = '' }) => Body.includes(of)).length;
  }

  async #bundle(): Promise<void> {
    const root = join(import.meta.dirname, '..', '..');
    const entries = [
      { name: 'pack-parcel', source: PACK_PARCEL, folder: import.meta.dirname },
      { name: ANSWER, file: join(root, 'lambdas', 'platform', ANSWER, 'handler.ts') },
    ];
    const bundles = await bundle({ entries, into: join(root, 'build', 'dead-letters'), root });
    for (const [name, { folder }] of bundles)
      this.#code.set(name, zip({ 'index.mjs': await readFile(join(folder, 'index.mjs'), 'utf8') }));
  }

  async #function(FunctionName: string, code: string, Variables: Record<string, string>): Promise<string> {
    await this.underTest.functions.send(
      new CreateFunctionCommand({
        FunctionName,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: ROLE,
        Code: { ZipFile: this.#code.get(code) },
        Timeout: 30,
        Environment: { Variables },
      }),
    );
    return FunctionName;
  }

  async #source(FunctionName: string, EventSourceArn: string, Enabled: boolean): Promise<string> {
    const { UUID = '' } = await this.underTest.functions.send(
      new CreateEventSourceMappingCommand({
        FunctionName,
        EventSourceArn,
        Enabled,
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 2 },
      }),
    );
    return UUID;
  }

  async #machine(name: string, queueUrl: string, functionName: string): Promise<string> {
    const { machine, substitutions } = compile(packing(name).plan, { timeScale: TIME_SCALE });
    const valueFor = (kind: string): string =>
      kind === 'queue' ? queueUrl : kind === 'function' ? functionName : 'none';
    const definition = substitutions.reduce(
      (text, { key, kind }) => text.replaceAll(`\${${key}}`, valueFor(kind)),
      JSON.stringify(machine),
    );
    const { stateMachineArn = '' } = await this.underTest.stepFunctions.send(
      new CreateStateMachineCommand({ name, roleArn: ROLE, definition }),
    );
    return stateMachineArn;
  }
}

/** A line's workflow, functions and queues. */
interface Made {
  readonly name: string;
  readonly machine: string;
  readonly mapping: string;
  readonly answering: string;
  readonly work: string;
  readonly dead: string;
  readonly unanswered: string;
}

/** One line of the hall. */
export class PackingLine {
  readonly hall: PackingHall;
  readonly #made: Made;

  constructor(hall: PackingHall, made: Made) {
    this.hall = hall;
    this.#made = made;
  }

  /** Of the function that answers its dead letters. */
  get answering(): string {
    return this.#made.answering;
  }

  get name(): string {
    return this.#made.name;
  }

  /** Begins an order, whose name is its parcel's. */
  start(parcel: string): Promise<string> {
    return start(this.hall.underTest, this.#made.machine, { parcel });
  }

  /** How an order ended. */
  async ended(
    executionArn: string,
  ): Promise<{ readonly status: string; readonly error?: string; readonly cause?: string }> {
    return (await ended(this.hall.underTest, executionArn, 80)) as never;
  }

  send(MessageBody: string): Promise<unknown> {
    return this.hall.underTest.queues.send(new SendMessageCommand({ QueueUrl: this.#made.work, MessageBody }));
  }

  /** Puts a message among the dead letters, as the atom does that buries it. */
  deadLetter(MessageBody: string, reason: string): Promise<unknown> {
    const MessageAttributes = { reason: { DataType: 'String', StringValue: reason } };
    const { queues } = this.hall.underTest;
    return queues.send(new SendMessageCommand({ QueueUrl: this.#made.dead, MessageBody, MessageAttributes }));
  }

  /** From now on the atom receives. Until then messages wait in the queue, so that one batch takes them all. */
  async open(waiting = 0): Promise<void> {
    const { functions } = this.hall.underTest;
    await eventually(async () => ((await this.#lengthOf(this.#made.work)) >= waiting ? true : undefined), 30);
    await functions.send(new UpdateEventSourceMappingCommand({ UUID: this.#made.mapping, Enabled: true }));
    await eventually(async () => {
      const { State } = await functions.send(new GetEventSourceMappingCommand({ UUID: this.#made.mapping }));
      return State === 'Enabled' || undefined;
    });
  }

  /** Takes the message out of the queue that a waiting order has sent. */
  async take(): Promise<Readonly<Record<string, unknown>>> {
    const { queues } = this.hall.underTest;
    const QueueUrl = this.#made.work;
    const { Body = '', ReceiptHandle } = await eventually(
      async () => (await queues.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.[0],
      30,
    );
    await queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return JSON.parse(Body);
  }

  /** The dead letters that are kept of an order, or of the line itself where none is named. */
  async letters(executionName?: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const rows = await this.rows(executionName);
    return rows.filter(({ parkedIn }) => parkedIn === 'dead-letters');
  }

  async rows(executionName?: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const execution = executionName ? `${this.name}:${executionName}` : `dead-letters:${this.name}`;
    const { Items = [] } = await this.hall.dynamoDB.send(
      new QueryCommand({
        TableName: RECORDS,
        ConsistentRead: true,
        KeyConditionExpression: 'execution = :execution',
        ExpressionAttributeValues: { ':execution': { S: execution } },
      }),
    );
    return Items.map((item) => unmarshall(item));
  }

  /** The only dead letter, once it is there. */
  letter(executionName?: string): Promise<Readonly<Record<string, unknown>>> {
    return eventually(async () => (await this.letters(executionName))[0], 60);
  }

  bodyOf({ execution, step }: Readonly<Record<string, unknown>>): Promise<string> {
    return readBody(this.hall.dynamoDB, RECORDS, { execution: String(execution), step: String(step) });
  }

  /** Whether nothing is left of it in any queue, waiting or being worked at, soon. */
  async isEmpty(): Promise<boolean> {
    const { work, dead, unanswered } = this.#made;
    return eventually(async () => {
      const lengths = await Promise.all([work, dead, unanswered].map((url) => this.#lengthOf(url)));
      return lengths.every((length) => length === 0) || undefined;
    }, 60);
  }

  /** The messages that could not be dealt with at all, once there are any. */
  unanswered(): Promise<readonly string[]> {
    return eventually(async () => {
      const { Messages = [] } = await this.hall.underTest.queues.send(
        new ReceiveMessageCommand({ QueueUrl: this.#made.unanswered, MaxNumberOfMessages: 10 }),
      );
      return Messages.length > 0 ? Messages.map(({ Body = '' }) => Body) : undefined;
    }, 60);
  }

  async #lengthOf(QueueUrl: string): Promise<number> {
    const names: QueueAttributeName[] = [
      'ApproximateNumberOfMessages',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesDelayed',
    ];
    const { Attributes = {} } = await this.hall.underTest.queues.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: names }),
    );
    return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  }
}

/** Parcels of which the books say that they were packed. */
export async function packed({ dynamoDB }: PackingHall): Promise<ReadonlySet<string>> {
  const { Items = [] } = await dynamoDB.send(new ScanCommand({ TableName: parcels.name }));
  return new Set(Items.map(({ parcel }) => parcel?.S ?? ''));
}

/** A hall for the tests of a file. */
export function packingHallUnderTest(name: string): PackingHall {
  const hall = new PackingHall(emulatorUnderTest(name));
  beforeAll(() => hall.start(), 120_000);
  afterAll(() => hall.faults.close());
  return hall;
}
