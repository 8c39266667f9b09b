import { DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DescribeExecutionCommand, type DescribeExecutionOutput, SFNClient } from '@aws-sdk/client-sfn';
import { GetQueueUrlCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import {
  type DeployedWorkflow,
  executionArnOf,
  findWorkflow,
  readJourney,
  type Visit,
} from '../../operations/index.ts';
import { Sandbox } from '../../sandbox/index.ts';
import type { Target } from '../target.ts';

/** A domain event as its producer sends it. */
export interface OutgoingEvent {
  readonly id: string;
  readonly type: string;
  readonly data: unknown;
}

/** How an execution stands. */
export interface ExecutionState {
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
  readonly startedAt: Date;
  readonly stoppedAt?: Date;
}

/** The deployed app, as somebody outside sees it: events in, executions, tables, the providers' ledgers. */
export class AppAccess {
  readonly target: Target;
  readonly dynamoDB: DynamoDBClient;
  readonly stepFunctions: SFNClient;
  readonly sqs: SQSClient;
  readonly sandbox: Sandbox;
  readonly #events: EventBridgeClient;
  readonly #ssm: SSMClient;
  readonly #workflows = new Map<string, Promise<DeployedWorkflow>>();

  constructor(target: Target) {
    this.target = target;
    this.dynamoDB = new DynamoDBClient(target.settings);
    this.stepFunctions = new SFNClient(target.settings);
    this.sqs = new SQSClient(target.settings);
    this.#events = new EventBridgeClient(target.settings);
    this.#ssm = new SSMClient(target.settings);
    this.sandbox = new Sandbox({
      client: this.dynamoDB,
      ledgerTable: tableName('sandbox-ledger'),
      faultsTable: tableName('sandbox-faults'),
    });
  }

  workflow(name: string): Promise<DeployedWorkflow> {
    const found = this.#workflows.get(name) ?? findWorkflow(this.#ssm, name);
    this.#workflows.set(name, found);
    return found;
  }

  async publish({ id, type, data }: OutgoingEvent): Promise<void> {
    await this.#events.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: 'breakwater',
            Source: 'shop',
            DetailType: type,
            Detail: JSON.stringify({ id, version: '1.0.0', data }),
          },
        ],
      }),
    );
  }

  /** Undefined while there is none of that name. */
  async execution(workflow: string, name: string): Promise<ExecutionState | undefined> {
    return this.#describe(executionArnOf(await this.workflow(workflow), name));
  }

  /** The execution of the undo machine for one of the workflow's. */
  async undoExecution(workflow: string, name: string): Promise<ExecutionState | undefined> {
    const { undoMachineArn } = await this.workflow(workflow);
    return this.#describe(`${undoMachineArn.replace(':stateMachine:', ':execution:')}:${name}`);
  }

  async journey(workflow: string, name: string): Promise<readonly Visit[]> {
    return readJourney(this.stepFunctions, executionArnOf(await this.workflow(workflow), name));
  }

  /** An item of one of the domain's tables. */
  async item(table: string, key: Readonly<Record<string, string>>): Promise<Record<string, unknown> | undefined> {
    const { Item } = await this.dynamoDB.send(
      new GetItemCommand({ TableName: tableName(table), Key: marshall(key), ConsistentRead: true }),
    );
    return Item && unmarshall(Item);
  }

  async putItem(table: string, item: Readonly<Record<string, unknown>>): Promise<void> {
    await this.dynamoDB.send(new PutItemCommand({ TableName: tableName(table), Item: marshall(item) }));
  }

  /** All that is recorded of an execution, by step. */
  async records(workflow: string, name: string): Promise<ReadonlyMap<string, Record<string, unknown>>> {
    const { Items = [] } = await this.dynamoDB.send(
      new QueryCommand({
        TableName: tableName('records'),
        ConsistentRead: true,
        KeyConditionExpression: 'execution = :execution',
        ExpressionAttributeValues: { ':execution': { S: `${workflow}:${name}` } },
      }),
    );
    return new Map(Items.map((item) => unmarshall(item)).map((item) => [String(item.step), item]));
  }

  async queueUrl(name: string): Promise<string> {
    const { QueueUrl } = await this.sqs.send(new GetQueueUrlCommand({ QueueName: name }));
    return QueueUrl ?? '';
  }

  /** Messages of a queue, as many as come at once. They stay there, hidden for a moment. */
  async peek(queue: string): Promise<readonly Message[]> {
    const { Messages = [] } = await this.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: await this.queueUrl(queue),
        MaxNumberOfMessages: 10,
        VisibilityTimeout: 1,
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages;
  }

  async #describe(executionArn: string): Promise<ExecutionState | undefined> {
    try {
      return stateOf(await this.stepFunctions.send(new DescribeExecutionCommand({ executionArn })));
    } catch (error) {
      if (error instanceof Error && error.name === 'ExecutionDoesNotExist') return undefined;
      throw error;
    }
  }
}

/** As the data stack names them. */
const tableName = (name: string): string => `breakwater-${name}`;

function stateOf({
  status = 'RUNNING',
  output,
  error,
  cause,
  startDate,
  stopDate,
}: DescribeExecutionOutput): ExecutionState {
  return {
    status,
    startedAt: startDate ?? new Date(0),
    ...(stopDate ? { stoppedAt: stopDate } : {}),
    ...(output ? { output: JSON.parse(output) } : {}),
    ...(error ? { error } : {}),
    ...(cause ? { cause } : {}),
  };
}
