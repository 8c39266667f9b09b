import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendTaskFailureCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { SNSClient } from '@aws-sdk/client-sns';
import { GetQueueUrlCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { defaults, ErrorName, scaled, seconds, undoPath } from '../contract/index.ts';
import { ENQUEUED_AGAIN, type Letter } from './letter.ts';
import { type KnownAttempts, keepLetter, letterKey, type RowKey } from './letter-rows.ts';
import { tellOfLetter } from './letter-told.ts';

export interface LetterClients {
  readonly dynamoDB: DynamoDBClient;
  readonly stepFunctions: SFNClient;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
}

/** Where dead letters are kept and told of. */
export interface LetterOffice {
  /** Of the steps' records. */
  readonly table: string;
  readonly topicArn: string;
  /** The workflows whose records it may read and write. What belongs to no other is kept under its queue. */
  readonly workflows: readonly string[];
  /** What stands before `<workflow>:<name>` in the ARN of an execution. */
  readonly executionArnPrefix: string;
  readonly timeScale: number;
}

/** What became of a dead letter. */
export type LetterAnswered =
  | { readonly became: 'enqueued again'; readonly delaySeconds: number }
  | {
      readonly became: 'kept';
      readonly row: RowKey;
      readonly reason: string;
      /** Whether its token was still waited for. Left out where there was none. */
      readonly heard?: boolean;
    };

/**
 * Deals with one message of a dead-letter queue, so that nothing is lost and no token is left unanswered:
 *
 * - One whose step was surely never attempted is enqueued once more, for a neighbour in its batch may have crashed the
 *   worker: unless the atom itself dead-lettered it, it had that chance already, or it would come too late for its attempt.
 * - Any other is kept as a row with its history, its token is answered `DeadLettered`, operators are told: unless nobody
 *   waits for it and its step is done, for then it is a copy.
 *
 * Done again, for a message that is delivered twice, it comes to the same row and the same answer.
 * @param position among the letters of a batch, from 0: those are enqueued at different times, lest one that crashes its
 * worker take the others along once more
 * @throws what AWS answers: to be tried again
 */
export async function answerDeadLetter(
  clients: LetterClients,
  office: LetterOffice,
  letter: Letter,
  position: number,
): Promise<LetterAnswered> {
  const owned = isOwned(letter, office);
  const record = owned ? await readRecord(clients.dynamoDB, office.table, letter) : undefined;
  const delay = delayAt(position, office.timeScale);
  if (owned && deservesAnotherChance(letter, record, Date.now(), delay.milliseconds)) {
    const delaySeconds = Math.round(delay.milliseconds / 1_000);
    await enqueueAgain(clients.sqs, letter, delaySeconds);
    return { became: 'enqueued again', delaySeconds };
  }
  const reason = letter.reason ?? `It was received ${letter.receives} times, and never done with.`;
  const row = letterKey(letter, owned);
  // The row first: whatever fails behind it, the message is kept.
  await keepLetter(clients.dynamoDB, office.table, row, letter, { reason, record: record && knownOf(record) });
  const heard =
    letter.token === undefined ? undefined : await fail(clients.stepFunctions, letter.token, letter, reason);
  // A copy of what was done long ago is no news to anybody.
  if (letter.token !== undefined || !isDone(record))
    await tellOfLetter(clients, office, letter, { row, owned, reason });
  return { became: 'kept', row, reason, ...(heard === undefined ? {} : { heard }) };
}

/** Whether its step is one of a workflow that is known here. Anybody may write anything into a message. */
const isOwned = ({ step }: Letter, { workflows }: LetterOffice): boolean =>
  step !== undefined && workflows.includes(step.execution.slice(0, step.execution.indexOf(':')));

/** What of a step's record is looked at. */
interface AttemptRecord {
  readonly status: string;
  readonly attempts?: number;
  readonly lease?: number;
  /** Of an outcome only what says that it was not done: a value may be large. */
  readonly outcome?: { readonly declined?: unknown; readonly fenced?: unknown };
}

const isDone = (record: AttemptRecord | undefined): boolean =>
  record?.status === 'COMPLETED' && record.outcome?.declined === undefined && record.outcome?.fenced === undefined;

async function readRecord(
  dynamoDB: DynamoDBClient,
  table: string,
  { step }: Letter,
): Promise<AttemptRecord | undefined> {
  if (!step) return undefined;
  const key = { execution: step.execution, step: step.verb === 'undo' ? undoPath(step.step) : step.step };
  const { Item } = await dynamoDB.send(
    new GetItemCommand({
      TableName: table,
      Key: marshall(key),
      ConsistentRead: true,
      ProjectionExpression: '#status, attempts, #lease, outcome.declined, outcome.fenced',
      ExpressionAttributeNames: { '#status': 'status', '#lease': 'lease' },
    }),
  );
  return Item && (unmarshall(Item) as AttemptRecord);
}

function deservesAnotherChance(
  { reason, enqueuedAgain, envelope }: Letter,
  record: AttemptRecord | undefined,
  now: number,
  delay: number,
): boolean {
  if (!envelope || reason !== undefined || enqueuedAgain) return false;
  const arrives = now + delay;
  // A step that is waited for is tried again by its state machine: what comes too late for its attempt is stale.
  const soonEnough = arrives <= envelope.notAfter && arrives <= (envelope.notStartedAfter ?? Number.POSITIVE_INFINITY);
  return soonEnough && neverAttempted(record, now);
}

/** Nothing stands under its key, or only attempts that were all taken back. */
const neverAttempted = (record: AttemptRecord | undefined, now: number): boolean =>
  record === undefined ||
  (record.status === 'INPROGRESS' &&
    record.attempts === 0 &&
    (record.lease ?? 0) + defaults.clockSkew.milliseconds < now);

const knownOf = ({ status, attempts }: AttemptRecord): KnownAttempts => ({
  status,
  ...(attempts === undefined ? {} : { attempts }),
});

const delayAt = (position: number, timeScale: number) =>
  position === 0 ? { milliseconds: 0 } : scaled(seconds(position * STAGGER_SECONDS), timeScale);

/** Longer than a crash takes, and so short that the last of ten still comes within a minute. */
const STAGGER_SECONDS = 5;

async function enqueueAgain(sqs: SQSClient, { queue, body }: Letter, DelaySeconds: number): Promise<void> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: queue }));
  await sqs.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: body,
      DelaySeconds,
      MessageAttributes: { [ENQUEUED_AGAIN]: { DataType: 'String', StringValue: new Date(Date.now()).toISOString() } },
    }),
  );
}

/** @returns false when nobody waits for it any more */
async function fail(stepFunctions: SFNClient, taskToken: string, letter: Letter, reason: string): Promise<boolean> {
  const { receives, step } = letter;
  const cause = {
    message: `A message to ${letter.queue} is a dead letter: nobody can tell here whether its step happened.`,
    reason: reason.slice(0, 1_000),
    receives,
    contract: step?.contract ?? 'unknown',
  };
  try {
    await stepFunctions.send(
      new SendTaskFailureCommand({ taskToken, error: ErrorName.DeadLettered, cause: JSON.stringify(cause) }),
    );
    return true;
  } catch (error) {
    if (error instanceof Error && GONE.has(error.name)) return false;
    throw error;
  }
}

/**
 * Answered before, timed out, or its execution is over; a ValidationException can only be about the token, for the rest
 * is written here.
 */
const GONE = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken', 'ValidationException']);
