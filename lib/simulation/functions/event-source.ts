import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Message, SimulatedQueue } from '../queues/queue.ts';
import type { SimulatedFunction } from './function.ts';
import type { Invocation, InvocationEnd } from './invocation.ts';

/** A message as it was handed over, with the receipt of that receive. */
export interface Delivery {
  readonly message: Message;
  readonly receipt: string;
}

export interface EventSourceSettings {
  readonly queue: SimulatedQueue;
  readonly target: SimulatedFunction;
  readonly batchSize: number;
  readonly maxConcurrency: number;
  /** What becomes of a message on the way, before it is handed over: a fault may keep it, dead-letter it, or hand over two. */
  onReceive?(message: Message): 'deliver' | 'twice' | 'withheld';
  /** Told of messages that are done with, before they are deleted. */
  onDone?(deliveries: readonly Delivery[], invocation: Invocation): void;
}

/**
 * Lambda's event source for SQS: batches as large as the messages that are there, no window, at most so many at a time,
 * partial failures (`ReportBatchItemFailures`). A batch that fails as a whole comes back when its visibility is over.
 */
export class EventSource {
  readonly #settings: EventSourceSettings;
  #atWork = 0;
  /** Delivered again, by themselves, as soon as the cap allows it. */
  readonly #twins: Delivery[] = [];

  constructor(settings: EventSourceSettings) {
    this.#settings = settings;
    settings.queue.onVisible = () => this.#poll();
  }

  #poll(): void {
    const { queue, batchSize, maxConcurrency, onReceive } = this.#settings;
    while (this.#atWork < maxConcurrency) {
      const twin = this.#twins.shift();
      if (twin) {
        this.#deliver([twin]);
        continue;
      }
      const received = queue.receive(batchSize);
      if (received.length === 0) return;
      const deliveries: Delivery[] = [];
      for (const message of received) {
        const way = onReceive?.(message) ?? 'deliver';
        if (way === 'withheld') continue;
        deliveries.push({ message, receipt: message.receipt });
        if (way === 'twice') this.#twins.push({ message, receipt: message.receipt });
      }
      if (deliveries.length > 0) this.#deliver(deliveries);
    }
  }

  #deliver(deliveries: readonly Delivery[]): void {
    this.#atWork += 1;
    this.#settings.target.invoke(eventOf(deliveries, this.#settings.queue.name), (end, invocation) => {
      this.#atWork -= 1;
      const done = doneWith(end, deliveries);
      if (done.length > 0) this.#settings.onDone?.(done, invocation);
      for (const { receipt } of done) this.#settings.queue.delete(receipt);
      this.#poll();
    });
  }
}

function doneWith(end: InvocationEnd, deliveries: readonly Delivery[]): readonly Delivery[] {
  if (end.kind !== 'returned') return [];
  // No list, and null for one, say that all of it went well.
  const failures = (end.value as Partial<SQSBatchResponse> | null | undefined)?.batchItemFailures ?? [];
  const failed = new Set(failures.map(({ itemIdentifier }) => itemIdentifier));
  const known = new Set(deliveries.map(({ message }) => message.id));
  // An identifier that is none of the batch's fails it as a whole.
  if ([...failed].some((id) => !known.has(id))) return [];
  return deliveries.filter(({ message }) => !failed.has(message.id));
}

const eventOf = (deliveries: readonly Delivery[], queueName: string): SQSEvent => ({
  Records: deliveries.map(({ message, receipt }) => ({
    messageId: message.id,
    receiptHandle: receipt,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receives),
      SentTimestamp: String(message.sentAt),
      SenderId: 'simulation',
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.attributes).map(([name, stringValue]) => [name, { stringValue, dataType: 'String' }]),
    ),
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${queueName}`,
    awsRegion: 'us-east-1',
  })),
});
