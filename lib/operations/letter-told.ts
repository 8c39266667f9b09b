import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { marshall } from '@aws-sdk/util-dynamodb';
import { days, type Envelope, ErrorName } from '../contract/index.ts';
import type { Letter, LetterStep } from './letter.ts';
import type { RowKey } from './letter-rows.ts';
import { type ParkedSteps, parkSteps } from './park.ts';

interface Clients {
  readonly dynamoDB: DynamoDBClient;
  readonly sns: SNSClient;
}

interface Office {
  readonly table: string;
  readonly topicArn: string;
  readonly executionArnPrefix: string;
}

interface Kept {
  readonly row: RowKey;
  readonly owned: boolean;
  readonly reason: string;
}

/**
 * Tells the operators of a dead letter: once a step of an execution, however many messages of it have died; once an hour
 * and queue of those that do not say whose they are. What nobody waits for is parked as well, as a `send` that could not
 * be done: no state machine will see to it. A message that was to park steps parks them after all.
 */
export async function tellOfLetter(clients: Clients, office: Office, letter: Letter, kept: Kept): Promise<void> {
  const { step } = letter;
  const owner = kept.owned ? step : undefined;
  const told = toldKey(kept.row, owner, Date.now());
  if (await isThere(clients.dynamoDB, office.table, told)) return;
  if (owner && letter.token === undefined) await park(clients, office, owner, letter, kept);
  else await publish(clients.sns, office.topicArn, letter, kept);
  // Behind it: told twice is better than not at all.
  await remember(clients.dynamoDB, office.table, told);
}

const toldKey = ({ execution }: RowKey, owner: LetterStep | undefined, now: number): RowKey => ({
  execution,
  step: owner ? `${owner.step}~dead-letter~${owner.verb}` : `told~${new Date(now).toISOString().slice(0, 13)}`,
});

async function park(
  clients: Clients,
  { table, topicArn, executionArnPrefix }: Office,
  { execution, step, correlationId }: LetterStep,
  { queue, envelope }: Letter,
  { row, reason }: Kept,
): Promise<void> {
  const cause = JSON.stringify({ message: reason.slice(0, 1_000), queue, letter: row.step });
  const { executionArn, failure, parked } = (envelope && parkedBy(envelope)) ?? {
    executionArn: `${executionArnPrefix}${execution}`,
    failure: { Error: ErrorName.DeadLettered, Cause: cause, step },
    parked: [{ step, verb: 'send', error: ErrorName.DeadLettered, cause }],
  };
  const at = new Date(Date.now());
  await parkSteps(clients, { table, topicArn }, { execution, executionArn, correlationId, failure, parked, at });
}

type Parking = Pick<ParkedSteps, 'executionArn' | 'failure' | 'parked'>;

/** What a message would have parked: a person is to find the steps themselves, not a message that tells of them. */
function parkedBy({ contract, input }: Envelope): Parking | undefined {
  if (!contract.startsWith('park-steps@')) return undefined;
  const { executionArn, failure, parked } = (input ?? {}) as Partial<ParkedSteps>;
  const isWhole =
    typeof executionArn === 'string' &&
    Array.isArray(parked) &&
    parked.length > 0 &&
    parked.every((each) => typeof each?.step === 'string' && typeof each.verb === 'string');
  return isWhole ? { executionArn, failure, parked } : undefined;
}

async function publish(sns: SNSClient, topicArn: string, letter: Letter, { row, owned, reason }: Kept): Promise<void> {
  const { queue, step, token, messageId, bytes } = letter;
  const about = owned ? step?.correlationId : undefined;
  const lines = [
    owned && step
      ? `A message of ${step.execution} to ${queue} could not be processed (${step.verb} ${step.step}).`
      : `A message to ${queue} could not be processed, and it names no step of a workflow that is known here.`,
    reason.slice(0, 1_000),
    token === undefined
      ? 'Nobody waits for it.'
      : 'Whoever waited for it is answered: the order settles the step by itself.',
    '',
    `It is kept, ${bytes} bytes, in the records table: execution ${row.execution}, step ${row.step}. Its message id was ${messageId}.`,
  ];
  const Subject = `Dead letter: ${queue}${about ? ` ${about}` : ''}`.replace(/[^\x20-\x7e]/g, '?').slice(0, 99);
  await sns.send(new PublishCommand({ TopicArn: topicArn, Subject, Message: lines.join('\n') }));
}

async function isThere(dynamoDB: DynamoDBClient, table: string, key: RowKey): Promise<boolean> {
  const { Item } = await dynamoDB.send(new GetItemCommand({ TableName: table, Key: marshall({ ...key }) }));
  return Item !== undefined;
}

async function remember(dynamoDB: DynamoDBClient, table: string, key: RowKey): Promise<void> {
  const expiry = Math.ceil((Date.now() + REMEMBERED.milliseconds) / 1_000);
  const row = { ...key, toldAt: new Date(Date.now()).toISOString(), expiry };
  await dynamoDB.send(new PutItemCommand({ TableName: table, Item: marshall(row) }));
}

/** As long as messages of one step may go on dying: no longer than SQS keeps them. */
const REMEMBERED = days(14);
