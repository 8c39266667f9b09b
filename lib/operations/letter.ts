import { createHash } from 'node:crypto';
import type { SQSRecord } from 'aws-lambda';
import { ENVELOPE_VERSION, type Envelope } from '../contract/index.ts';

/** A message of an atom's dead-letter queue, and what can be read of it. */
export interface Letter {
  /** The atom's own queue, in which it could not be processed: `charge-payment-v1`. */
  readonly queue: string;
  /** Of the message that was sent to the atom. */
  readonly messageId: string;
  readonly body: string;
  readonly bytes: number;
  /** SHA-256 of the body, in hex: the same message has the same, however often it comes. */
  readonly sha256: string;
  /** Why the atom itself sent it here. Left out for a message that was received too often. */
  readonly reason?: string;
  /** Whether it has had its second chance. */
  readonly enqueuedAgain: boolean;
  readonly receives: number;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  /** Message attributes that are texts. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Somebody who waits for an answer. */
  readonly token?: string;
  /** Whose it is, if it says so, in whatever version of the envelope. */
  readonly step?: LetterStep;
  /** The whole of it, if it is an envelope as we know it. */
  readonly envelope?: Envelope;
}

/** What an envelope of any version says of whose it is. */
export interface LetterStep {
  /** `<workflow>:<root execution name>` */
  readonly execution: string;
  readonly step: string;
  readonly verb: string;
  readonly contract: string;
  readonly correlationId: string;
}

/** Marks a message that is delivered once more: found dead again, it is answered. */
export const ENQUEUED_AGAIN = 'enqueuedAgain';

/** Attributes that the runtime sets when it sends a message here itself (`deadLetter` in lib/runtime). */
const REASON = 'reason';
const ORIGINAL_ID = 'originalMessageId';

/** Reads a message leniently: of a body that is no envelope, whatever it says is better than nothing. Never throws. */
export function readLetter(record: SQSRecord): Letter {
  const { body, attributes: facts } = record;
  const attributes = textsOf(record);
  const fields = fieldsOf(body);
  const step = stepOf(fields);
  const reason = attributes[REASON];
  return {
    queue: queueOf(record.eventSourceARN),
    messageId: attributes[ORIGINAL_ID] ?? record.messageId,
    body,
    bytes: Buffer.byteLength(body),
    sha256: createHash('sha256').update(body).digest('hex'),
    ...(reason === undefined ? {} : { reason }),
    enqueuedAgain: attributes[ENQUEUED_AGAIN] !== undefined,
    receives: Number(facts.ApproximateReceiveCount),
    sentAt: Number(facts.SentTimestamp),
    attributes,
    ...(isToken(fields.token) ? { token: fields.token } : {}),
    ...(step ? { step } : {}),
    ...(step && isEnvelope(fields) ? { envelope: fields as unknown as Envelope } : {}),
  };
}

/** `arn:aws:sqs:eu-west-1:111122223333:charge-payment-v1-dead-letters` → `charge-payment-v1` */
const queueOf = (deadLetterQueueArn: string): string =>
  deadLetterQueueArn.slice(deadLetterQueueArn.lastIndexOf(':') + 1).replace(/-dead-letters$/, '');

function textsOf({ messageAttributes }: SQSRecord): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(messageAttributes).flatMap(([name, { stringValue }]) =>
      stringValue === undefined ? [] : [[name, stringValue] as const],
    ),
  );
}

function fieldsOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body);
    return parsed !== null && typeof parsed === 'object' ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Only texts that fit into a key: DynamoDB takes 2,048 bytes of a partition's and 1,024 of a sort key. */
function stepOf({ execution, step, verb, contract, correlationId }: Readonly<Record<string, unknown>>) {
  if (!isShort(execution, 1_024) || !execution.includes(':') || !isShort(step, 512)) return undefined;
  return {
    execution,
    step,
    verb: isShort(verb, 32) ? verb : 'unknown',
    contract: isShort(contract, 256) ? contract : 'unknown',
    correlationId: isShort(correlationId, 512) ? correlationId : execution.slice(execution.indexOf(':') + 1),
  };
}

const isShort = (value: unknown, bytes: number): value is string =>
  typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= bytes;

/** Longer ones Step Functions never made ("SendTaskFailure", API reference). */
const LONGEST_TOKEN = 2_048;

const isToken = (value: unknown): value is string => isShort(value, LONGEST_TOKEN);

/** What is asked of an envelope that may be delivered again; the atom itself looks closer. */
const isEnvelope = ({ breakwater, verb, notAfter, notStartedAfter }: Readonly<Record<string, unknown>>): boolean =>
  breakwater === ENVELOPE_VERSION &&
  (verb === 'do' || verb === 'undo') &&
  typeof notAfter === 'number' &&
  (notStartedAfter === undefined || typeof notStartedAfter === 'number');
