import { ConditionalCheckFailedException, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { days, ErrorName } from '../contract/index.ts';
import type { Letter } from './letter.ts';

/** Where a row stands. */
export interface RowKey {
  readonly execution: string;
  readonly step: string;
}

/**
 * A dead letter as it is kept, beside the records of its execution at `<step>~dead-letter~<digest>`, or under
 * `dead-letters:<queue>` if it does not say whose it is. It is in the index `parked` under `dead-letters`.
 */
export interface LetterRow extends RowKey {
  readonly parkedIn: typeof DEAD_LETTERS;
  /** When it was found dead, in ISO 8601. */
  readonly parkedAt: string;
  readonly verb?: string;
  readonly error: typeof ErrorName.DeadLettered;
  readonly reason: string;
  readonly queue: string;
  readonly contract?: string;
  readonly correlationId?: string;
  readonly messageId: string;
  readonly receives: number;
  readonly sentAt: string;
  readonly enqueuedAgain: boolean;
  /** What was known of the step: its record's status and attempts. Left out where there was no record. */
  readonly record?: KnownAttempts;
  readonly attributes: Readonly<Record<string, string>>;
  /** The first 300,000 bytes of it; what is more stands in rows of their own, at `<step>~body~2` and so on. */
  readonly body: string;
  readonly bodyRows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** Epoch seconds. */
  readonly expiry: number;
}

export interface KnownAttempts {
  readonly status: string;
  readonly attempts?: number;
}

/** The partition in the index `parked` that all dead letters are listed by. */
export const DEAD_LETTERS = 'dead-letters';

/** Under which key a letter is kept: one message, one key, however often it is delivered or was sent. */
export function letterKey(letter: Letter, owned: boolean): RowKey {
  const digest = letter.sha256.slice(0, 16);
  return owned && letter.step
    ? { execution: letter.step.execution, step: `${letter.step.step}~dead-letter~${digest}` }
    : { execution: `${DEAD_LETTERS}:${letter.queue}`, step: digest };
}

/**
 * Keeps a letter whole. SQS takes messages of 1 MiB and DynamoDB items of 400 KB: a long body takes several rows, the
 * one that tells of the letter last, so that what is listed is complete. Done again it changes nothing.
 * @returns whether it was kept before
 */
export async function keepLetter(
  dynamoDB: DynamoDBClient,
  table: string,
  key: RowKey,
  letter: Letter,
  about: { readonly reason: string; readonly record?: KnownAttempts | undefined },
): Promise<boolean> {
  const [first = '', ...rest] = pieces(letter.body, BODY_BYTES);
  const now = Date.now();
  const expiry = Math.ceil((now + KEPT.milliseconds) / 1_000);
  for (const [index, body] of rest.entries()) {
    await put(dynamoDB, table, { ...key, step: bodyStep(key.step, index + 2), body, expiry });
  }
  const { step, queue, messageId, receives, sentAt, enqueuedAgain, attributes, bytes, sha256 } = letter;
  const row: LetterRow = {
    ...key,
    parkedIn: DEAD_LETTERS,
    parkedAt: new Date(now).toISOString(),
    error: ErrorName.DeadLettered,
    ...(step && { verb: step.verb, contract: step.contract, correlationId: step.correlationId }),
    ...(about.record && { record: about.record }),
    reason: about.reason,
    queue,
    messageId,
    receives,
    sentAt: new Date(sentAt).toISOString(),
    enqueuedAgain,
    attributes,
    body: first,
    bodyRows: 1 + rest.length,
    bytes,
    sha256,
    expiry,
  };
  return !(await put(dynamoDB, table, row));
}

/** Where a further part of a letter's body stands; the first is in the row of the letter itself. */
export const bodyStep = (step: string, number: number): string => `${step}~body~${number}`;

/** The first time counts: what is found out later about the same message takes nothing away. */
async function put(dynamoDB: DynamoDBClient, table: string, row: object): Promise<boolean> {
  try {
    await dynamoDB.send(
      new PutItemCommand({
        TableName: table,
        Item: marshall(row, { removeUndefinedValues: true }),
        ConditionExpression: 'attribute_not_exists(execution)',
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** Cuts a text into pieces of so many bytes of UTF-8 at most, between characters. Together they are the text. */
export function pieces(text: string, bytes: number): readonly string[] {
  const all = Buffer.from(text);
  const cut: string[] = [];
  for (let from = 0; from < all.length; ) {
    let to = Math.min(from + bytes, all.length);
    while (to < all.length && isContinuation(all[to])) to -= 1;
    cut.push(all.toString('utf8', from, to));
    from = to;
  }
  return cut;
}

/** A byte within a character: 10xxxxxx. */
const isContinuation = (byte = 0): boolean => byte >> 6 === 0b10;

/** Leaves room in an item of 400 KB for all that is said about it: reason, attributes, keys. */
const BODY_BYTES = 300_000;

/** A year: a dead letter is for a person, and persons go on holiday. */
const KEPT = days(365);
