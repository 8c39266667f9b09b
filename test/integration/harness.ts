import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { DeleteMessageCommand, type Message, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { AppAccess, ExecutionState } from '../../lib/local/access/index.ts';
import { launch, type Target } from '../../lib/local/index.ts';
import type { Accounts, LedgerEntry } from '../../lib/sandbox/index.ts';
import { type FaultProxy, routeFunctions, startFaultProxy } from '../faults/index.ts';

export const WORKFLOW = 'fulfil-order';

/** At this scale a handler has 1 s, a message may wait 6 s, and a task with a provider times out after 10 s. */
export const TIME_SCALE = 0.1;

/** An order as a shop sends it. Every order has a product of its own, so that its stock tells about it alone. */
export interface PlacedOrder {
  readonly eventId: string;
  readonly orderId: string;
  readonly sku: string;
  /** How many of the product there were. */
  readonly available: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What the books say about one order. */
export interface Books {
  readonly charges: number;
  readonly refunds: number;
  readonly paid: number;
  readonly shipments: number;
  readonly cancellations: number;
  readonly underWay: number;
  /** What is left of the order's own product, of which there were ten. */
  readonly stock: number;
}

/** A message as the emulator shows it. */
export interface LyingMessage {
  readonly MessageId: string;
  readonly Body: string;
  readonly ReceiveCount: number;
  /** Whether it can be received at present. */
  readonly IsVisible: boolean;
}

/** By account, region and queue. */
type MessagesByAccount = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, readonly LyingMessage[]>>>>>
>;

/** How the app under test is deployed. */
export interface HarnessOptions {
  /** 0.1 when left out. */
  readonly timeScale?: number;
  /** Batches of one queue at a time; each is a process. 8 when left out. */
  readonly maxConcurrency?: number;
  /** Of its log, in .breakwater. `integration` when left out. */
  readonly name?: string;
}

/** The deployed app under test, with a proxy between its functions and AWS where we run the emulator ourselves. */
export class Harness {
  readonly app: AppAccess;
  readonly target: Target;
  readonly #faults: FaultProxy | undefined;
  readonly #lambda: LambdaClient;
  readonly #logs: CloudWatchLogsClient;

  private constructor(app: AppAccess, target: Target, faults: FaultProxy | undefined) {
    this.app = app;
    this.target = target;
    this.#faults = faults;
    this.#lambda = new LambdaClient(target.settings);
    this.#logs = new CloudWatchLogsClient(target.settings);
  }

  static async open({
    timeScale = TIME_SCALE,
    maxConcurrency = 8,
    name = 'integration',
  }: HarnessOptions = {}): Promise<Harness> {
    const root = join(import.meta.dirname, '..', '..');
    const logFile = join(root, '.breakwater', `${name}.log`);
    const { target, app } = await launch({ root, logFile, timeScale, maxConcurrency });
    let faults: FaultProxy | undefined;
    if (target.emulator && target.endpoint) {
      faults = await startFaultProxy({ target: target.endpoint, emulatorPid: target.emulator.pid });
      await routeFunctions(target.endpoint, faults.endpoint);
    }
    return new Harness(app, target, faults);
  }

  async close(): Promise<void> {
    await this.target.close();
    await this.#faults?.close();
  }

  /** @throws where the target has none: such tests run on the emulator only */
  get faults(): FaultProxy {
    if (!this.#faults) throw new Error(`There is no fault proxy in front of ${this.target.kind}.`);
    return this.#faults;
  }

  /** A new order, its product in stock, its event not yet sent. */
  async order(name: string, change: Readonly<Record<string, unknown>> = {}, available = 10): Promise<PlacedOrder> {
    const orderId = `${name}-${Math.random().toString(36).slice(2, 8)}`;
    const sku = `sku-${orderId}`;
    await this.app.putItem('inventory', { sku, available });
    const data = {
      orderId,
      customerId: 'customer-1',
      email: `${orderId}@example.com`,
      card: 'tok_visa',
      country: 'DE',
      lines: [{ sku, quantity: 1, unitPrice: 5_000 }],
      ...change,
    };
    return { eventId: `event-${orderId}`, orderId, sku, available, data };
  }

  send(order: PlacedOrder): Promise<void> {
    return this.app.publish({ id: order.eventId, type: 'order-placed', data: order.data });
  }

  /** A new order, sent. */
  async place(name: string, change?: Readonly<Record<string, unknown>>, available?: number): Promise<PlacedOrder> {
    const order = await this.order(name, change, available);
    await this.send(order);
    return order;
  }

  /** @throws after `seconds` */
  async ended(order: PlacedOrder, seconds = 120): Promise<ExecutionState> {
    return this.eventually(
      async () => {
        const state = await this.app.execution(WORKFLOW, order.eventId);
        return state && state.status !== 'RUNNING' ? state : undefined;
      },
      `the end of ${order.eventId}`,
      seconds,
    );
  }

  async run(
    name: string,
    change?: Readonly<Record<string, unknown>>,
    available?: number,
  ): Promise<{ order: PlacedOrder; state: ExecutionState }> {
    const order = await this.place(name, change, available);
    return { order, state: await this.ended(order) };
  }

  /** @param accounts the ledgers, if they were read already */
  async books({ orderId, sku }: PlacedOrder, accounts?: Accounts): Promise<Books> {
    const [{ orders }, stock] = await Promise.all([
      accounts ?? this.app.sandbox.account(),
      this.app.item('inventory', { sku }),
    ]);
    const {
      charges = 0,
      refunds = 0,
      paid = 0,
      shipments = 0,
      cancellations = 0,
      underWay = 0,
    } = orders.get(orderId) ?? {};
    return { charges, refunds, paid, shipments, cancellations, underWay, stock: Number(stock?.available) };
  }

  async ledger(provider: 'payments' | 'carrier', { orderId }: PlacedOrder): Promise<readonly LedgerEntry[]> {
    return (await this.app.sandbox.readLedger(provider)).filter((entry) => entry.orderId === orderId);
  }

  /** The names of the states that an order entered, in order. None before it has begun. */
  async states({ eventId }: PlacedOrder): Promise<readonly string[]> {
    if (!(await this.app.execution(WORKFLOW, eventId))) return [];
    return (await this.app.journey(WORKFLOW, eventId)).map(({ state }) => state);
  }

  /** Lines that a function logged of an order when this became of a delivery. Waits for the first. */
  happenings(
    functionName: string,
    { eventId }: PlacedOrder,
    happening: string,
  ): Promise<readonly Record<string, unknown>[]> {
    return this.eventually(async () => {
      const { events = [] } = await this.#logs.send(
        new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${functionName}`, filterPattern: `"${eventId}"` }),
      );
      const lines = events.map(({ message = '' }) => message).filter((message) => message.trim().startsWith('{'));
      const found = lines
        .map((line) => JSON.parse(line) as Record<string, unknown>)
        .filter((line) => line.happening === happening);
      return found.length > 0 ? found : undefined;
    }, `${functionName} to log ${happening} for ${eventId}`);
  }

  /** All lines of all logs that there are, of functions and of state machines, each behind its log's name. */
  async *logged(): AsyncGenerator<string> {
    for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: this.#logs }, {})) {
      for (const { logGroupName } of logGroups) {
        for await (const { events = [] } of paginateFilterLogEvents({ client: this.#logs }, { logGroupName })) {
          for (const { message } of events) yield `${logGroupName}: ${message}`;
        }
      }
    }
  }

  /** What lies in a queue, what is being worked on included. Looking changes nothing; the emulator only. */
  async messages(queue: string): Promise<readonly LyingMessage[]> {
    const url = encodeURIComponent(await this.app.queueUrl(queue));
    const response = await fetch(`${this.target.endpoint}/_ministack/sqs/messages?QueueUrl=${url}`);
    const { messages } = (await response.json()) as { messages: MessagesByAccount };
    const queues = Object.values(messages).flatMap((regions) => Object.values(regions));
    return queues.flatMap((each) => Object.values(each).flat());
  }

  /** Sends a message that lies in a queue once more, as a queue does that delivers at least once. @throws when there is none */
  async sendAgain(queue: string, { eventId }: Pick<PlacedOrder, 'eventId'>, afterSeconds = 0): Promise<void> {
    const found = (await this.messages(queue)).find(({ Body }) => Body.includes(eventId));
    if (!found) throw new Error(`There is no message of ${eventId} in ${queue}.`);
    const QueueUrl = await this.app.queueUrl(queue);
    await this.app.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: found.Body, DelaySeconds: afterSeconds }));
  }

  /** Looks until something is there. @throws after `seconds`, naming what was waited for */
  async eventually<T>(look: () => Promise<T | undefined>, what: string, seconds = 60): Promise<T> {
    const until = Date.now() + seconds * 1_000;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > until) throw new Error(`Waited ${seconds} s in vain for ${what}.`);
      await sleep(200);
    }
  }

  /** Holds back what arrives in a queue; the test receives it itself. */
  async hold(queue: string): Promise<HeldQueue> {
    const { EventSourceMappings = [] } = await this.#lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName: `${queue}:live` }),
    );
    const uuid = EventSourceMappings[0]?.UUID;
    if (!uuid) throw new Error(`The queue ${queue} has no event source mapping.`);
    await this.#enable(uuid, false);
    return new HeldQueue(this, await this.app.queueUrl(queue), () => this.#enable(uuid, true));
  }

  async #enable(uuid: string, enabled: boolean): Promise<void> {
    await this.#lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: enabled }));
    await this.eventually(async () => {
      const { State } = await this.#lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }));
      return State === (enabled ? 'Enabled' : 'Disabled') || undefined;
    }, `event source mapping ${uuid}`);
    await sleep(300); // a poll that was under way
  }
}

/** A queue whose messages wait for the test. */
export class HeldQueue {
  readonly url: string;
  readonly #harness: Harness;
  readonly #release: () => Promise<void>;

  constructor(harness: Harness, url: string, release: () => Promise<void>) {
    this.#harness = harness;
    this.url = url;
    this.#release = release;
  }

  /** Takes the next message of an order out of the queue. */
  take(order: PlacedOrder, seconds = 30): Promise<Message & { readonly Body: string }> {
    return this.#harness.eventually(
      async () => {
        const { Messages = [] } = await this.#harness.app.sqs.send(
          new ReceiveMessageCommand({ QueueUrl: this.url, MaxNumberOfMessages: 10, VisibilityTimeout: 1 }),
        );
        const found = Messages.find(({ Body = '' }) => Body.includes(order.eventId));
        if (!found?.Body) return undefined;
        await this.#harness.app.sqs.send(
          new DeleteMessageCommand({ QueueUrl: this.url, ReceiptHandle: found.ReceiptHandle }),
        );
        return { ...found, Body: found.Body };
      },
      `a message of ${order.eventId}`,
      seconds,
    );
  }

  async put(body: string): Promise<void> {
    await this.#harness.app.sqs.send(new SendMessageCommand({ QueueUrl: this.url, MessageBody: body }));
  }

  /** Messages go on by themselves again. */
  release(): Promise<void> {
    return this.#release();
  }
}
