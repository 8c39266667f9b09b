import { expect, it } from '@jest/globals';
import { operationOf } from '../faults/operation.ts';
import { permissionsOf } from '../faults/permission.ts';

const signedFor = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host`,
});
const target = (name: string) => ({ 'x-amz-target': name });
const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

it.each([
  [
    'AWS JSON, signed',
    'POST',
    '/',
    { ...target('DynamoDB_20120810.UpdateItem'), ...signedFor('dynamodb') },
    '',
    'dynamodb.UpdateItem',
  ],
  ['AWS JSON, not signed', 'POST', '/', target('AWSStepFunctions.SendTaskSuccess'), '', 'states.SendTaskSuccess'],
  ['SQS', 'POST', '/', target('AmazonSQS.ChangeMessageVisibility'), '', 'sqs.ChangeMessageVisibility'],
  ['a target that nobody knows', 'POST', '/', target('Thing_1.Do'), '', 'Thing_1.Do'],
  [
    'RPC v2 with CBOR',
    'POST',
    '/service/GraniteServiceVersion20100801/operation/PutMetricData',
    signedFor('monitoring'),
    '',
    'cloudwatch.PutMetricData',
  ],
  [
    'the query protocol',
    'POST',
    '/',
    { ...FORM, ...signedFor('sns') },
    'Action=Publish&Version=2010-03-31',
    'sns.Publish',
  ],
  ['SES', 'POST', '/v2/email/outbound-emails', signedFor('ses'), '{}', 'ses.SendEmail'],
  ['Lambda', 'POST', '/2015-03-31/functions/f/invocations', signedFor('lambda'), '{}', 'lambda.Invoke'],
  ['AppConfig', 'GET', '/configuration?configuration_token=t', {}, '', 'appconfig.GetLatestConfiguration'],
  ['a path that nobody knows', 'GET', '/bucket/key?x=1', signedFor('s3'), '', 's3.GET /bucket/key'],
  ['a provider', 'POST', '/_aws/lambda-url/abc/charges?x=1', {}, '{}', 'http.POST /charges'],
])('names an operation of %s', (_, method, path, headers, text, expected) => {
  expect(operationOf({ method, path, headers, text })).toBe(expected);
});

it.each([
  ['dynamodb.GetItem', { TableName: 'holds' }, [['dynamodb:GetItem', 'holds']]],
  ['dynamodb.Query', { TableName: 'holds', IndexName: 'by-order' }, [['dynamodb:Query', 'holds/index/by-order']]],
  [
    'dynamodb.BatchGetItem',
    { RequestItems: { a: {}, b: {} } },
    [
      ['dynamodb:BatchGetItem', 'a'],
      ['dynamodb:BatchGetItem', 'b'],
    ],
  ],
  [
    'dynamodb.TransactWriteItems',
    {
      TransactItems: [
        { Put: { TableName: 'records' } },
        { Update: { TableName: 'inventory' } },
        { ConditionCheck: { TableName: 'c' } },
      ],
    },
    [
      ['dynamodb:PutItem', 'records'],
      ['dynamodb:UpdateItem', 'inventory'],
      ['dynamodb:ConditionCheckItem', 'c'],
    ],
  ],
  ['sqs.ChangeMessageVisibilityBatch', { QueueUrl: 'http://q' }, [['sqs:ChangeMessageVisibility', 'http://q']]],
  ['events.PutEvents', { Entries: [{ EventBusName: 'bus' }] }, [['events:PutEvents', 'bus']]],
  ['states.SendTaskSuccess', { taskToken: 't' }, [['states:SendTaskSuccess', '*']]],
  ['states.StartExecution', { stateMachineArn: 'arn:m' }, [['states:StartExecution', 'arn:m']]],
  ['ses.SendEmail', { FromEmailAddress: 'a@b' }, [['ses:SendEmail', 'a@b']]],
  ['http.POST /charges', {}, []],
])('knows what %s needs permission for', (operation, body, expected) => {
  const permissions = permissionsOf(operation, '/', JSON.stringify(body));
  expect(permissions.map(({ action, resource }) => [action, resource])).toEqual(expected);
});

it('reads resources out of the query protocol and out of paths', () => {
  expect(permissionsOf('sns.Publish', '/', 'Action=Publish&TopicArn=arn%3Aaws%3Asns')).toEqual([
    { action: 'sns:Publish', resource: 'arn:aws:sns' },
  ]);
  expect(permissionsOf('lambda.Invoke', '/2015-03-31/functions/f%3Alive/invocations', '{}')).toEqual([
    { action: 'lambda:InvokeFunction', resource: 'f:live' },
  ]);
});
