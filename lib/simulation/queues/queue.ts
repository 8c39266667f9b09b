import { AwsError } from '../aws-error.ts';
import type { Scheduled, Timeline } from '../time/timeline.ts';

/** A message as it lies in a queue. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  readonly attributes: Readonly<Record<string, string>>;
  receives: number;
  /** Epoch milliseconds, once it was received. */
  firstReceivedAt?: number;
  /** Names the latest receive; a receive before it can delete nothing and hide nothing. */
  receipt: string;
  /** Epoch milliseconds from which it can be received. */
  visibleAt: number;
  wake?: Scheduled;
}

/** What a queue does with a message that it received too often. */
export interface RedrivePolicy {
  readonly maxReceiveCount: number;
  readonly deadLetters: SimulatedQueue;
}

/**
 * A standard SQS queue: at least once, in whatever order the faults make it, hidden while it is worked at, handed to
 * the dead-letter queue at the receive after the last one allowed. What it does not play: retention, and limits of
 * messages in flight.
 */
export class SimulatedQueue {
  readonly name: string;
  readonly visibilityMilliseconds: number;
  readonly messages = new Map<string, Message>();
  readonly #timeline: Timeline;
  readonly #redrive: RedrivePolicy | undefined;
  #sent = 0;
  #receipts = 0;
  /** Told when there may be something to receive. */
  onVisible: () => void = () => undefined;
  /** In which order messages are received: a standard queue promises none. As sent when left out. */
  shuffle: (messages: Message[]) => readonly Message[] = (messages) => messages;

  constructor(name: string, timeline: Timeline, visibilityMilliseconds: number, redrive?: RedrivePolicy) {
    this.name = name;
    this.visibilityMilliseconds = visibilityMilliseconds;
    this.#timeline = timeline;
    this.#redrive = redrive;
  }

  send(body: string, attributes: Readonly<Record<string, string>> = {}, delayMilliseconds = 0): string {
    this.#sent += 1;
    const id = `${this.name}/${this.#sent}`;
    const message: Message = {
      id,
      body,
      attributes,
      sentAt: this.#timeline.now,
      receives: 0,
      receipt: '',
      visibleAt: this.#timeline.now + delayMilliseconds,
    };
    this.messages.set(id, message);
    this.#wakeAt(message);
    return id;
  }

  /** Takes up to so many messages that can be received, and hides them. */
  receive(limit: number): Message[] {
    const { now } = this.#timeline;
    const taken: Message[] = [];
    const visible = [...this.messages.values()].filter(({ visibleAt }) => visibleAt <= now);
    for (const message of this.shuffle(visible)) {
      if (this.#redrive && message.receives >= this.#redrive.maxReceiveCount) {
        this.deadLetter(message);
        continue;
      }
      message.receives += 1;
      message.firstReceivedAt ??= now;
      this.#receipts += 1;
      message.receipt = `${message.id}#${this.#receipts}`;
      this.#hide(message, this.visibilityMilliseconds);
      taken.push(message);
      if (taken.length >= limit) break;
    }
    return taken;
  }

  /** Moves a message to the dead-letter queue. */
  deadLetter(message: Message): void {
    this.#forget(message);
    this.#redrive?.deadLetters.send(message.body, message.attributes);
  }

  /** Done with, if the receipt is of the latest receive. */
  delete(receipt: string): void {
    const message = this.#received(receipt);
    if (message) this.#forget(message);
  }

  /** @throws AwsError MessageNotInflight when its visibility is over: then it is anybody's */
  changeVisibility(receipt: string, milliseconds: number): void {
    const message = this.#received(receipt);
    if (!message) return;
    if (message.visibleAt <= this.#timeline.now) {
      throw new AwsError('MessageNotInflight', `The message ${message.id} is not in flight.`);
    }
    this.#hide(message, milliseconds);
  }

  #received(receipt: string): Message | undefined {
    const message = this.messages.get(receipt.slice(0, receipt.lastIndexOf('#')));
    return message?.receipt === receipt ? message : undefined;
  }

  #hide(message: Message, milliseconds: number): void {
    message.visibleAt = this.#timeline.now + milliseconds;
    this.#wakeAt(message);
  }

  #wakeAt(message: Message): void {
    message.wake?.cancel();
    message.wake = this.#timeline.after(message.visibleAt - this.#timeline.now, () => this.onVisible());
  }

  #forget(message: Message): void {
    message.wake?.cancel();
    this.messages.delete(message.id);
  }
}
