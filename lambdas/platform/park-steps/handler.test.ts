import { unmarshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from '@jest/globals';
import { atomUnderTest } from '../../../test/fakes/atom-under-test.ts';
import { awsError } from '../../../test/fakes/aws.ts';
import { parkSteps } from './contract.ts';
import { handler } from './handler.ts';

const atom = atomUnderTest(handler, parkSteps, { OPERATORS_TOPIC_ARN: 'operators' });
const parked = {
  executionArn: 'arn',
  failure: { Error: 'States.Timeout', step: 'payment' },
  parked: [
    { step: 'payment', verb: 'settle', error: 'Transient', cause: '{"message":"no answer"}' },
    { step: 'payment', verb: 'undo', error: 'OutcomeUnknown' },
    { step: 'stock', verb: 'undo' },
  ],
};
const rows = () => atom.aws.inputs('PutItem').map(({ Item }) => unmarshall(Item));

test('each step that could not be undone is kept as a row of its own beside its record', async () => {
  expect(await atom.does(parked)).toEqual({ rows: 3 });
  expect(new Set(rows().map(({ step }) => step)).size).toBe(3);
  expect(rows()[0]).toMatchObject({
    execution: 'fulfil-order:o-1',
    verb: 'settle',
    error: 'Transient',
    cause: '{"message":"no answer"}',
    executionArn: 'arn',
    correlationId: 'o-1',
    failure: { Error: 'States.Timeout', step: 'payment' },
    parkedIn: 'fulfil-order',
    parkedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    expiry: expect.any(Number),
  });
});

test('the operators are told once, in words, what waits for them', async () => {
  await atom.does(parked);
  expect(atom.aws.inputs('Publish')).toEqual([
    {
      TopicArn: 'operators',
      Subject: 'Parked: fulfil-order o-1',
      Message: [
        'fulfil-order:o-1 could not do the following and waits for a decision:',
        '- settle payment: Transient ({"message":"no answer"})',
        '- undo payment: OutcomeUnknown',
        '- undo stock: unknown error',
        '',
        'arn',
      ].join('\n'),
    },
  ]);
});

test('rows that cannot be written are tried again, and nobody is told before they are there', async () => {
  atom.aws.answer('PutItem', () => {
    throw awsError('ProvisionedThroughputExceededException');
  });
  expect(await atom.does(parked)).toMatchObject({ error: 'Transient' });
  expect(atom.aws.inputs('Publish')).toEqual([]);
});
