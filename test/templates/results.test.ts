import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, type ITable, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import * as z from 'zod';
import { Atom, Platform, type PlatformProps, Workflow } from '../../lib/constructs/index.ts';
import { minutes } from '../../lib/contract/index.ts';
import { workflow } from '../../lib/workflow/index.ts';
import { assessRisk } from '../fakes/atoms.ts';
import { foreignApp as unchecked } from './foreign.ts';
import { found, synthesise, templateOf } from './house.ts';
import { permissionsOf, resource, resourcesOf, text } from './resources.ts';

const templates = synthesise();
const stack = templateOf(templates, 'Breakwater-Workflow-fulfil-order');
const platform = templateOf(templates, 'Breakwater-Platform');

describe('an execution that ended, however it did,', () => {
  const rule = resource(stack, 'AWS::Events::Rule', 'WorkflowResultRule').Properties;

  test('is told to the keeper of results, and to no queue that an undo waits in', () => {
    expect(rule.EventBusName).toBeUndefined(); // the account's own bus: Step Functions knows no other
    expect(rule.EventPattern).toEqual({
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: {
        status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
        stateMachineArn: [{ Ref: resource(stack, 'AWS::StepFunctions::StateMachine', 'WorkflowMain').id }],
      },
    });
    expect(rule.Targets).toHaveLength(1);
    expect(text(rule.Targets[0].Arn)).toBe('arn:aws:sqs:eu-west-1:111122223333:keep-result');
  });

  test('is told with all that Step Functions says of it', () => {
    expect(rule.Targets[0].InputPath).toBe('$.detail');
  });
});

describe('the keeper of results', () => {
  const queue = resource(platform, 'AWS::SQS::Queue', 'PlatformKeepResultWorkerWorkQueue');

  test('is told by the rules of this account, and by nobody else', () => {
    const statements = resourcesOf(platform, 'AWS::SQS::QueuePolicy')
      .filter(({ Properties }) => Properties.Queues[0].Ref === queue.id)
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Effect }) => Effect === 'Allow');
    expect(statements).toMatchObject([{ Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage' }]);
    expect(text(statements[0].Condition.ArnLike['aws:SourceArn'])).toBe('arn:aws:events:eu-west-1:111122223333:rule/*');
  });

  test('takes ten at a time, is told again for an hour, and then somebody hears of it', () => {
    const deadLetters = resource(platform, 'AWS::SQS::Queue', 'PlatformKeepResultWorkerWorkDeadLetters');
    expect(queue.Properties).toMatchObject({
      QueueName: 'keep-result',
      VisibilityTimeout: 180,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters.id, 'Arn'] }, maxReceiveCount: 20 },
    });
    expect(resource(platform, 'AWS::Lambda::EventSourceMapping', 'PlatformKeepResult').Properties).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
    const alarm = resource(platform, 'AWS::CloudWatch::Alarm', 'PlatformKeepResult').Properties;
    expect(alarm.Dimensions).toEqual([{ Name: 'QueueName', Value: { 'Fn::GetAtt': [deadLetters.id, 'QueueName'] } }]);
    expect(alarm.AlarmActions).toHaveLength(1);
  });

  test('may write rows of workflows and look at their executions, and nothing else', () => {
    const permissions = permissionsOf(resource(platform, 'AWS::IAM::Policy', 'PlatformKeepResult'));
    expect(permissions.filter(({ actions }) => !/^(logs|xray|sqs):/.test(actions[0] ?? ''))).toEqual([
      {
        actions: ['dynamodb:PutItem'],
        resources: ['arn:aws:dynamodb:eu-west-1:111122223333:table/breakwater-records'],
        condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['fulfil-order:*'] } },
      },
      {
        actions: ['states:DescribeExecution'],
        resources: ['arn:aws:states:eu-west-1:111122223333:execution:fulfil-order:*'],
      },
    ]);
  });

  test('is not there where nobody needs it', () => {
    const alone = templateOf(synthesise({}, { ...found, workflows: [] }), 'Breakwater-Platform');
    expect(resourcesOf(alone, 'AWS::SQS::Queue').filter(({ id }) => /KeepResult/.test(id))).toEqual([]);
  });
});

/** Somebody's own app with a workflow that an application uses. */
function foreignApp(more: { results?: boolean }, sharing: (stack: Stack) => PlatformProps = () => ({})) {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-results-'));
  writeFileSync(join(folder, 'index.mjs'), 'export const handler = () => undefined;\n');
  const own = new Stack(unchecked(), 'Theirs');
  const platform = new Platform(own, 'Breakwater', {
    records: recordsOf(own),
    code: () => Code.fromAsset(folder),
    ...sharing(own),
  });
  const deployed = new Workflow(own, 'Greet', {
    platform,
    workflow: workflow('greet', z.object({ total: z.int() }), {
      version: '1.0.0',
      deadline: minutes(1),
      slo: { availability: 0.99 },
    })
      .step('risk', assessRisk, ({ input }) => ({ total: input.total }))
      .returns(({ risk }) => risk.level),
    atoms: [Atom.fromContract(own, 'AssessRisk', assessRisk)],
    ...more,
  });
  deployed.grantUse(new Role(own, 'Checkout', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }));
  const template = Template.fromStack(own);
  return { template, permissions: permissionsOf(resource(template, 'AWS::IAM::Policy', 'Checkout')) };
}

const recordsOf = (own: Stack, id = 'Records', more: object = {}): ITable =>
  new Table(own, id, {
    partitionKey: { name: 'execution', type: AttributeType.STRING },
    sortKey: { name: 'step', type: AttributeType.STRING },
    ...more,
  }) as ITable;

/** What `grantUse` allows beside reading rows. */
const WITHOUT_ROWS = [
  {
    actions: ['states:StartExecution'],
    resources: [expect.stringMatching(/^<GreetMainMachine/)],
    condition: { 'ForAnyValue:StringEquals': { 'states:StateMachineQualifier': ['live'] } },
  },
  {
    actions: ['ssm:GetParameter'],
    resources: ['arn:aws:ssm:eu-west-1:111122223333:parameter/breakwater/workflows/greet'],
  },
  { actions: ['states:StopExecution'], resources: ['arn:aws:states:eu-west-1:111122223333:execution:greet:*'] },
  {
    actions: ['states:StartExecution'],
    resources: ['arn:aws:states:eu-west-1:111122223333:stateMachine:undo-greet'],
  },
  {
    actions: ['states:DescribeExecution', 'states:DescribeStateMachineForExecution'],
    resources: ['arn:aws:states:eu-west-1:111122223333:execution:greet:*'],
  },
  {
    actions: ['states:DescribeStateMachine'],
    resources: [
      'arn:aws:states:eu-west-1:111122223333:stateMachine:greet',
      'arn:aws:states:eu-west-1:111122223333:stateMachine:greet:*',
    ],
  },
  {
    actions: ['states:DescribeExecution'],
    resources: ['arn:aws:states:eu-west-1:111122223333:execution:undo-greet:*'],
  },
];

describe('an application that uses a workflow', () => {
  test('may start, find, stop and look, and read of the rows nothing but what a result is made of', () => {
    const { permissions } = foreignApp({});
    const rows = permissions.filter(({ actions }) => actions[0]?.startsWith('dynamodb:'));
    expect(rows).toEqual([
      {
        actions: ['dynamodb:BatchGetItem'],
        resources: [expect.stringMatching(/^<Records/)],
        condition: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['greet:*'] },
          'ForAllValues:StringEquals': {
            'dynamodb:Attributes': [
              ...['execution', 'step', 'status', 'endedAt', 'output', 'error', 'cause', 'expiry'],
            ],
          },
          StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
          Null: { 'dynamodb:LeadingKeys': 'false', 'dynamodb:Attributes': 'false' },
        },
      },
    ]);
    expect(permissions.filter((each) => !rows.includes(each))).toEqual(WITHOUT_ROWS);
  });

  test('of a workflow that keeps no ends may read no rows, and no rule tells of them', () => {
    const { template, permissions } = foreignApp({ results: false });
    expect(permissions).toEqual(WITHOUT_ROWS);
    const rules = resourcesOf(template, 'AWS::Events::Rule').map(({ id }) => id);
    expect(rules.filter((id) => id.startsWith('Greet'))).toEqual([expect.stringMatching(/^GreetUndoRule/)]);
    expect(resourcesOf(template, 'AWS::SQS::Queue').filter(({ id }) => /KeepResult/.test(id))).toEqual([]);
    expect(text(resource(template, 'AWS::SSM::Parameter').Properties.Value)).not.toContain('resultsTable');
  });

  test('may use the keys with which an app encrypts its table; its keeper, those of its queue and its table', () => {
    const { template, permissions } = foreignApp({}, (own) => {
      const encryptionKey = new Key(own, 'TableKey') as IKey;
      const encryption = TableEncryption.CUSTOMER_MANAGED;
      return {
        records: recordsOf(own, 'TheirRecords', { encryption, encryptionKey }),
        encryptionKey: new Key(own, 'QueueKey') as IKey,
      };
    });
    expect(permissions.filter(({ actions }) => actions.includes('kms:Decrypt'))).toEqual([
      { actions: ['kms:Decrypt'], resources: [expect.stringMatching(/^<TableKey/)] },
    ]);
    const keeper = permissionsOf(resource(template, 'AWS::IAM::Policy', 'BreakwaterKeepResult'));
    expect(
      keeper.filter(({ actions }) => actions.includes('kms:Encrypt')).map(({ resources }) => resources[0]),
    ).toEqual([expect.stringMatching(/^<QueueKey/), expect.stringMatching(/^<TableKey/)]);
    const { KeyPolicy } = resource(template, 'AWS::KMS::Key', 'QueueKey').Properties;
    expect(JSON.stringify(KeyPolicy)).toContain('events.amazonaws.com');
  });
});
