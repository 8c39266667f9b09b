import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { awsError, fakeAws } from '../../test/fakes/aws.ts';
import { envelope, record } from '../../test/fakes/delivery.ts';
import { answerDeadLetter, type LetterOffice } from './dead-letters.ts';
import { readLetter } from './letter.ts';
import { pieces } from './letter-rows.ts';

const aws = fakeAws();
const clients = {
  dynamoDB: new DynamoDBClient({}),
  stepFunctions: new SFNClient({}),
  sqs: new SQSClient({}),
  sns: new SNSClient({}),
};
const office: LetterOffice = {
  table: 'records',
  topicArn: 'topic',
  workflows: ['ship-order'],
  executionArnPrefix: 'arn:aws:states:eu-west-1:1:execution:',
  timeScale: 1,
};
const CONTRACT = 'charge-payment@1.0.0';
const soon = () => Date.now() + 600_000;
const waited = (more: object = {}) =>
  envelope({ contract: CONTRACT, input: { amount: 1 }, token: 'token', notStartedAfter: soon(), ...more });
const unwaited = (more: object = {}) => envelope({ contract: CONTRACT, input: { amount: 1 }, ...more });

/** Rows by their keys, as far as the table is asked: what is put is there, and a condition holds where nothing is. */
const table = new Map<string, Record<string, unknown>>();
beforeEach(() => {
  table.clear();
  const keyOf = ({ execution, step }: Record<string, unknown>) => `${execution} / ${step}`;
  aws.answer('GetItem', ({ Key }) => {
    const item = table.get(keyOf(unmarshall(Key)));
    return item ? { Item: marshall(item) } : {};
  });
  aws.answer('PutItem', ({ Item, ConditionExpression }) => {
    const item = unmarshall(Item);
    if (ConditionExpression && table.has(keyOf(item)))
      throw new ConditionalCheckFailedException({ message: '', $metadata: {} });
    table.set(keyOf(item), item);
  });
  aws.answer('GetQueueUrl', ({ QueueName }) => ({ QueueUrl: `https://sqs/${QueueName}` }));
});

/** A message of charge-payment's dead-letter queue. */
function letter(body: unknown, attributes: Readonly<Record<string, string>> = {}): SQSRecord {
  return {
    ...record(body, { receives: 5 }),
    eventSourceARN: 'arn:aws:sqs:eu-west-1:1:charge-payment-v1-dead-letters',
    messageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, stringValue]) => [name, { stringValue, dataType: 'String' }]),
    ) as SQSRecord['messageAttributes'],
  };
}
const answer = (delivered: SQSRecord, position = 0) =>
  answerDeadLetter(clients, office, readLetter(delivered), position);
const known = (row: object) => table.set('ship-order:o-1 / payment', { execution: 'x', step: 'y', ...row });
const rows = (part: string) => [...table].filter(([key]) => key.includes(part)).map(([, row]) => row);
const letters = () => [...table.values()].filter(({ parkedIn }) => parkedIn === 'dead-letters');

describe('a message whose step was never attempted', () => {
  test.each([
    ['no record', undefined],
    ['only attempts that were taken back', { status: 'INPROGRESS', attempts: 0, lease: 0 }],
  ])('(%s) is enqueued once more, marked, and nobody is answered or told', async (_, row) => {
    if (row) known(row);
    const body = JSON.stringify(waited());
    expect(await answer(letter(body))).toEqual({ became: 'enqueued again', delaySeconds: 0 });
    expect(aws.inputs('SendMessage')).toEqual([
      {
        QueueUrl: 'https://sqs/charge-payment-v1',
        MessageBody: body,
        DelaySeconds: 0,
        MessageAttributes: { enqueuedAgain: { DataType: 'String', StringValue: expect.any(String) } },
      },
    ]);
    expect(letters()).toEqual([]);
    expect([...aws.calls('SendTaskFailure'), ...aws.calls('Publish')]).toEqual([]);
  });

  test('and its neighbours come at different times, lest one of them crashes the worker once more', async () => {
    const delays = await Promise.all([0, 1, 2].map((position) => answer(letter(unwaited()), position)));
    expect(delays).toMatchObject([{ delaySeconds: 0 }, { delaySeconds: 5 }, { delaySeconds: 10 }]);
  });

  test('is looked up consistently, an undo under the key of its own', async () => {
    await answer(letter(unwaited({ verb: 'undo' })));
    expect(aws.inputs('GetItem')[0]).toMatchObject({ ConsistentRead: true });
    expect(unmarshall(aws.inputs('GetItem')[0].Key)).toEqual({ execution: 'ship-order:o-1', step: 'payment~undo' });
  });
});

describe('a message is answered, and not enqueued again,', () => {
  const past = Date.now() - 1;
  const nothing = undefined;
  test.each<readonly [string, object, Readonly<Record<string, string>>, object | undefined]>([
    ['if the atom dead-lettered it', waited(), { reason: 'no' }, nothing],
    ['if it was enqueued again before', waited(), { enqueuedAgain: 'yes' }, nothing],
    ['if its attempt is over', waited({ notStartedAfter: past }), {}, nothing],
    ['if all attempts are over', waited({ notAfter: past }), {}, nothing],
    ['if it is of another version', waited({ breakwater: 2 }), {}, nothing],
    ['if it asks to settle', waited({ verb: 'settle' }), {}, nothing],
    ['if its step was attempted', waited(), {}, { status: 'INPROGRESS', attempts: 1, lease: 0 }],
    ['if its step is being attempted', waited(), {}, { status: 'INPROGRESS', attempts: 0, lease: Date.now() + 60_000 }],
    ['if its step has an outcome', waited(), {}, { status: 'COMPLETED', attempts: 0 }],
  ])('%s', async (_, body, attributes, row) => {
    if (row) known(row);
    expect(await answer(letter(body, attributes))).toMatchObject({ became: 'kept', heard: true });
    expect(aws.calls('SendMessage')).toEqual([]);
    expect(aws.inputs('SendTaskFailure')).toMatchObject([{ taskToken: 'token', error: 'DeadLettered' }]);
  });

  test('if the last of its batch would come too late for its attempt', async () => {
    const body = waited({ notStartedAfter: Date.now() + 20_000 });
    expect(await answer(letter(body), 9)).toMatchObject({ became: 'kept' });
  });
});

describe('a dead letter', () => {
  test('tells its state machine why, how often it was received, and of what contract it was', async () => {
    await answer(letter(waited(), { reason: 'execution is empty.' }));
    const [{ cause }] = aws.inputs('SendTaskFailure');
    expect(JSON.parse(cause)).toEqual({
      message: expect.stringContaining('charge-payment-v1'),
      reason: 'execution is empty.',
      receives: 5,
      contract: CONTRACT,
    });
  });

  test('is kept beside the record of its step, with its history', async () => {
    known({ status: 'INPROGRESS', attempts: 2, lease: 0 });
    const body = waited();
    const delivered = letter(body, { tenant: 'shop', originalMessageId: 'first' });
    await answer(delivered);
    const { sha256 } = readLetter(delivered);
    expect(letters()).toEqual([
      {
        execution: 'ship-order:o-1',
        step: `payment~dead-letter~${sha256.slice(0, 16)}`,
        parkedIn: 'dead-letters',
        parkedAt: expect.any(String),
        verb: 'do',
        error: 'DeadLettered',
        reason: 'It was received 5 times, and never done with.',
        queue: 'charge-payment-v1',
        contract: CONTRACT,
        correlationId: 'o-1',
        messageId: 'first',
        receives: 5,
        sentAt: '1970-01-01T00:00:00.000Z',
        enqueuedAgain: false,
        record: { status: 'INPROGRESS', attempts: 2 },
        attributes: { tenant: 'shop', originalMessageId: 'first' },
        body: JSON.stringify(body),
        bodyRows: 1,
        bytes: JSON.stringify(body).length,
        sha256,
        expiry: expect.any(Number),
      },
    ]);
  });

  test('is kept before its token is answered, and answered before anybody is told', async () => {
    await answer(letter(waited(), { reason: 'no' }));
    const order = aws.calls().map(({ name }) => name);
    expect(order.filter((name) => name !== 'GetItem')).toEqual(['PutItem', 'SendTaskFailure', 'Publish', 'PutItem']);
  });

  test('delivered twice is one row, and told once; its token is answered each time, for the first answer may be lost', async () => {
    const delivered = letter(waited(), { reason: 'no' });
    await answer(delivered);
    const first = new Map(table);
    await answer({ ...delivered, messageId: 'a copy of it' });
    expect(table).toEqual(first);
    expect(aws.calls('SendTaskFailure')).toHaveLength(2);
    expect(aws.calls('Publish')).toHaveLength(1);
  });

  test('of another attempt of its step is another row, and told with the first', async () => {
    await answer(letter(waited(), { reason: 'no' }));
    await answer(letter(waited({ attempt: 2, token: 'second' }), { reason: 'no' }));
    expect(letters()).toHaveLength(2);
    expect(aws.inputs('SendTaskFailure').map(({ taskToken }) => taskToken)).toEqual(['token', 'second']);
    expect(aws.calls('Publish')).toHaveLength(1);
  });

  test.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken', 'ValidationException'])(
    'whose token is gone (%s) is kept all the same',
    async (name) => {
      aws.answer('SendTaskFailure', () => {
        throw awsError(name);
      });
      expect(await answer(letter(waited(), { reason: 'no' }))).toMatchObject({ became: 'kept', heard: false });
      expect(letters()).toHaveLength(1);
    },
  );

  test.each(['GetItem', 'PutItem', 'SendTaskFailure', 'Publish'])(
    'is tried again when %s fails, and then comes to the same',
    async (call) => {
      const delivered = letter(waited(), { reason: 'no' });
      let fails = true;
      const refused = fakeOnce(call, () => fails);
      await expect(answer(delivered)).rejects.toThrow('ThrottlingException');
      fails = false;
      await answer(delivered);
      refused();
      expect(letters()).toHaveLength(1);
      expect(aws.calls('SendTaskFailure').length).toBeGreaterThan(0);
      expect(aws.calls('Publish').length).toBeGreaterThan(0);
    },
  );

  test('that nobody waits for is parked as a send that could not be done', async () => {
    await answer(letter(unwaited({ step: 'receipt' }), { reason: 'no such address' }));
    expect(rows('receipt~parked~send')).toMatchObject([
      {
        verb: 'send',
        error: 'DeadLettered',
        parkedIn: 'ship-order',
        executionArn: 'arn:aws:states:eu-west-1:1:execution:ship-order:o-1',
        correlationId: 'o-1',
      },
    ]);
    const [{ cause }] = rows('receipt~parked~send') as [{ cause: string }];
    expect(table.get(`ship-order:o-1 / ${JSON.parse(cause).letter}`)).toMatchObject({ reason: 'no such address' });
    expect(aws.calls('SendTaskFailure')).toEqual([]);
    expect(aws.inputs('Publish')).toMatchObject([{ TopicArn: 'topic', Subject: 'Parked: ship-order o-1' }]);
  });
});

describe('a message that nobody waits for, of a step that', () => {
  test.each([
    ['is done: a copy, which is kept, and is no news to anybody', {}, 0],
    ['was declined is told of', { outcome: { declined: { name: 'No', payload: {} } } }, 1],
    ['was fenced is told of', { outcome: { fenced: 'why' } }, 1],
  ])('%s', async (_, outcome, told) => {
    known({ status: 'COMPLETED', attempts: 1, ...outcome });
    await answer(letter(unwaited()));
    expect([letters().length, rows('~parked~').length, aws.calls('Publish').length]).toEqual([1, told, told]);
  });
});

describe('a message that was to park steps', () => {
  const parking = (input: object) => unwaited({ step: 'park-all', contract: 'park-steps@1.0.0', input });
  const executionArn = 'arn:aws:states:eu-west-1:1:execution:ship-order:o-1';

  test('parks them all the same: a person finds the steps, not a message that tells of them', async () => {
    const failure = { Error: 'Transient', step: 'payment' };
    const parked = [{ step: 'payment', verb: 'undo', error: 'OutcomeUnknown', cause: 'why' }];
    await answer(letter(parking({ executionArn, failure, parked }), { reason: 'why' }));
    expect(rows('~parked~')).toMatchObject([
      {
        step: 'payment~parked~undo',
        verb: 'undo',
        error: 'OutcomeUnknown',
        failure,
        executionArn,
        parkedIn: 'ship-order',
      },
    ]);
    expect(letters()).toHaveLength(1);
    expect(aws.inputs('Publish')).toMatchObject([{ Subject: 'Parked: ship-order o-1' }]);
  });

  test.each([
    ['none', { executionArn, parked: [] }],
    ['what is no step', { executionArn, parked: [{ verb: 'undo' }] }],
    ['nothing of an execution', { parked: [{ step: 'payment', verb: 'undo' }] }],
  ])('but says %s is parked itself', async (_, input) => {
    await answer(letter(parking(input), { reason: 'why' }));
    expect(rows('~parked~')).toMatchObject([{ step: 'park-all~parked~send' }]);
  });
});

describe('a message that does not say whose it is', () => {
  test.each([
    ['no JSON', 'hello'],
    ['no object', '7'],
    ['null', 'null'],
    ['empty', '{}'],
    ['of a workflow that is not known here', JSON.stringify(waited({ execution: 'others:o-1', token: undefined }))],
    ['of an execution without a workflow', JSON.stringify({ execution: 'o-1', step: 'payment' })],
    ['with a key that is no text', JSON.stringify({ execution: 7, step: 'payment' })],
    ['with a key that is too long', JSON.stringify({ execution: `ship-order:${'x'.repeat(2_000)}`, step: 'payment' })],
  ])('(%s) is kept under its queue', async (_, body) => {
    await answer(letter(body, { reason: 'no envelope' }));
    expect(letters()).toMatchObject([{ execution: 'dead-letters:charge-payment-v1', body, reason: 'no envelope' }]);
    expect(aws.calls('SendTaskFailure')).toEqual([]);
    expect(aws.calls('Publish')).toHaveLength(1);
  });

  test('and of which many come is told of once an hour', async () => {
    for (const body of ['one', 'two', 'three']) await answer(letter(body));
    expect(letters()).toHaveLength(3);
    expect(aws.calls('Publish')).toHaveLength(1);
  });

  test('has its token answered all the same', async () => {
    await answer(letter('{"breakwater":99,"token":"token"}'));
    expect(aws.inputs('SendTaskFailure')).toMatchObject([{ taskToken: 'token', error: 'DeadLettered' }]);
  });
});

describe('a message of 1 MiB', () => {
  const body = 'ü€😀x'.repeat(104_857).padEnd(1_048_576 - 7 * 104_857 + 200_000, '.');

  test('is kept whole, in rows that DynamoDB takes, the one that lists it last', async () => {
    expect(await answer(letter(body))).toMatchObject({ became: 'kept' });
    const [listed] = letters();
    const parts = [listed, ...rows('~body~')];
    expect(parts).toHaveLength(Number(listed?.bodyRows));
    expect(parts.map((part) => part?.body).join('')).toBe(body);
    for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(400_000);
    const puts = aws.inputs('PutItem').map(({ Item }) => unmarshall(Item));
    expect(puts.findIndex(({ parkedIn }) => parkedIn)).toBe(Number(listed?.bodyRows) - 1);
  });

  test.each([3, 4, 5, 7, 100])('is cut between characters (pieces of %d bytes)', (bytes) => {
    const text = 'aü€😀\n'.repeat(9);
    const cut = pieces(text, Math.max(bytes, 4));
    expect(cut.join('')).toBe(text);
    for (const piece of cut) expect(Buffer.byteLength(piece)).toBeLessThanOrEqual(Math.max(bytes, 4));
  });
});

/** Has a kind of command refused for as long as it is asked to, and gives what puts the answer back. */
function fakeOnce(call: string, refuses: () => boolean): () => void {
  const plain: Record<string, (input: never) => unknown> = {
    GetItem: ({ Key }: { Key: Parameters<typeof unmarshall>[0] }) => {
      const { execution, step } = unmarshall(Key);
      const item = table.get(`${execution} / ${step}`);
      return item ? { Item: marshall(item) } : {};
    },
    PutItem: ({ Item }: { Item: Parameters<typeof unmarshall>[0] }) => {
      const item = unmarshall(Item);
      table.set(`${item.execution} / ${item.step}`, item);
    },
  };
  aws.answer(call, (input) => {
    if (refuses()) throw awsError('ThrottlingException');
    return plain[call]?.(input as never);
  });
  return () => aws.answer(call, (input) => plain[call]?.(input as never));
}
