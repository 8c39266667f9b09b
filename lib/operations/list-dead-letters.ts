import { type AttributeValue, type DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { bodyStep, DEAD_LETTERS, type LetterRow, type RowKey } from './letter-rows.ts';

/** A dead letter in a list: all but its body. */
export type ListedLetter = Omit<LetterRow, 'body' | 'attributes' | 'parkedIn' | 'expiry'>;

/**
 * The newest dead letters of a platform, the newest first.
 * @param table of the steps' records, with its index `parked`
 * @param limit how many at most
 */
export async function listDeadLetters(
  dynamoDB: DynamoDBClient,
  table: string,
  limit: number,
): Promise<readonly ListedLetter[]> {
  const letters: ListedLetter[] = [];
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page = await dynamoDB.send(
      new QueryCommand({
        TableName: table,
        IndexName: 'parked',
        KeyConditionExpression: 'parkedIn = :letters',
        ExpressionAttributeValues: marshall({ ':letters': DEAD_LETTERS }),
        ...PROJECTION,
        ScanIndexForward: false,
        Limit: limit - letters.length,
        ExclusiveStartKey: from,
      }),
    );
    letters.push(...(page.Items ?? []).map((item) => unmarshall(item) as ListedLetter));
    from = page.LastEvaluatedKey;
  } while (from && letters.length < limit);
  return letters;
}

const LISTED: readonly (keyof ListedLetter)[] = [
  'execution',
  'step',
  'parkedAt',
  'verb',
  'error',
  'reason',
  'queue',
  'contract',
  'correlationId',
  'messageId',
  'receives',
  'sentAt',
  'enqueuedAgain',
  'record',
  'bodyRows',
  'bytes',
  'sha256',
];

/** By placeholders: among the names are words that DynamoDB keeps for itself. */
const PROJECTION = {
  ProjectionExpression: LISTED.map((name) => `#${name}`).join(', '),
  ExpressionAttributeNames: Object.fromEntries(LISTED.map((name) => [`#${name}`, name])),
};

/**
 * The message of a dead letter, whole, from all of its rows.
 * @throws TypeError if there is no such letter
 */
export async function readBody(dynamoDB: DynamoDBClient, table: string, { execution, step }: RowKey): Promise<string> {
  const read = async (each: string): Promise<Partial<LetterRow>> => {
    const { Item } = await dynamoDB.send(
      new GetItemCommand({ TableName: table, Key: marshall({ execution, step: each }), ConsistentRead: true }),
    );
    if (Item) return unmarshall(Item);
    throw new TypeError(
      `There is no row ${execution} / ${each} in ${table}. "dead-letters list" names those that are.`,
    );
  };
  const { body = '', bodyRows = 1 } = await read(step);
  const more = Array.from({ length: bodyRows - 1 }, (_, row) => read(bodyStep(step, row + 2)));
  return [body, ...(await Promise.all(more)).map((row) => row.body)].join('');
}
