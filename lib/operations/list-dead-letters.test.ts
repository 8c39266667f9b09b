import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { fakeAws } from '../../test/fakes/aws.ts';
import { listDeadLetters, readBody } from './list-dead-letters.ts';

const aws = fakeAws();
const dynamoDB = new DynamoDBClient({});

describe('dead letters', () => {
  test('are listed from all pages, up to the limit, without their bodies', async () => {
    aws.answer('Query', ({ Limit, ExclusiveStartKey }) => ({
      Items: [marshall({ queue: ExclusiveStartKey ? 'second' : 'first' })],
      ...(Limit > 1 ? { LastEvaluatedKey: marshall({ execution: 'x' }) } : {}),
    }));
    expect(await listDeadLetters(dynamoDB, 'records', 2)).toEqual([{ queue: 'first' }, { queue: 'second' }]);
    expect(aws.inputs('Query')).toMatchObject([{ Limit: 2, ScanIndexForward: false }, { Limit: 1 }]);
    expect(Object.values(aws.inputs('Query')[0].ExpressionAttributeNames)).not.toContain('body');
  });

  test('are read whole from their rows', async () => {
    const rows: Record<string, object> = {
      letter: { body: 'one ', bodyRows: 3 },
      'letter~body~2': { body: 'two ' },
      'letter~body~3': { body: 'three' },
    };
    aws.answer('GetItem', ({ Key }) => {
      const row = rows[unmarshall(Key).step];
      return row ? { Item: marshall(row) } : {};
    });
    expect(await readBody(dynamoDB, 'records', { execution: 'e', step: 'letter' })).toBe('one two three');
    delete rows['letter~body~3'];
    await expect(readBody(dynamoDB, 'records', { execution: 'e', step: 'letter' })).rejects.toThrow(
      'There is no row e / letter~body~3 in records. "dead-letters list" names those that are.',
    );
  });
});
