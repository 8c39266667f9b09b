import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { awsError, fakeAws } from '../../../test/fakes/aws.ts';
import { batch, envelope, lambdaContext, record } from '../../../test/fakes/delivery.ts';
import { handler } from './handler.ts';

const aws = fakeAws();
const lines: Record<string, unknown>[] = [];
const SETTINGS = {
  RECORDS_TABLE: 'records',
  OPERATORS_TOPIC_ARN: 'topic',
  WORKFLOWS: '["ship-order"]',
  EXECUTION_ARN_PREFIX: 'arn:aws:states:eu-west-1:1:execution:',
};

beforeEach(() => {
  Object.assign(process.env, SETTINGS);
  lines.length = 0;
  jest.spyOn(console, 'log').mockImplementation((line) => lines.push(JSON.parse(String(line))));
});
afterEach(() => {
  for (const name of Object.keys(SETTINGS)) delete process.env[name];
});

const dead = (body: unknown) => ({
  ...record(body),
  eventSourceARN: 'arn:aws:sqs:eu-west-1:1:charge-payment-v1-dead-letters',
});
const unattempted = () => dead(envelope({ contract: 'charge-payment@1.0.0', input: {} }));

test('a dead letter is counted by its atom', async () => {
  await handler(batch(dead('hello')), lambdaContext);
  expect(lines).toMatchObject([
    {
      atom: 'charge-payment-v1',
      DeadLettered: 1,
      answered: { became: 'kept', row: { execution: 'dead-letters:charge-payment-v1' } },
      _aws: { CloudWatchMetrics: [{ Namespace: 'Breakwater', Dimensions: [['atom']] }] },
    },
  ]);
});

test('one that is enqueued again is not: it may yet be processed', async () => {
  await handler(batch(unattempted()), lambdaContext);
  expect(lines).toMatchObject([{ answered: { became: 'enqueued again' } }]);
  expect(lines[0]).not.toHaveProperty('DeadLettered');
});

test('those of a batch are enqueued again apart from each other', async () => {
  await handler(batch(unattempted(), unattempted(), unattempted()), lambdaContext);
  expect(aws.inputs('SendMessage').map(({ DelaySeconds }) => DelaySeconds)).toEqual([0, 5, 10]);
});

test('one that cannot be dealt with now is delivered again, alone', async () => {
  aws.answer('PutItem', ({ Item }) => {
    if (Item.body?.S === 'throttled') throw awsError('ThrottlingException');
  });
  const [one, other] = [dead('throttled'), dead('fine')];
  expect(await handler(batch(one, other), lambdaContext)).toEqual({
    batchItemFailures: [{ itemIdentifier: one.messageId }],
  });
  expect(lines).toHaveLength(1);
});

test.each(Object.keys(SETTINGS))('without %s nothing is done with', async (name) => {
  delete process.env[name];
  const letter = dead('hello');
  expect(await handler(batch(letter), lambdaContext)).toEqual({
    batchItemFailures: [{ itemIdentifier: letter.messageId }],
  });
  expect(aws.calls('PutItem')).toEqual([]);
});
