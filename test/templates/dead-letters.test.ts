import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { z } from 'zod';
import { Atom, Platform, Workflow } from '../../lib/constructs/index.ts';
import { contract, minutes, unguarded } from '../../lib/contract/index.ts';
import { workflow } from '../../lib/workflow/index.ts';
import { foreignApp } from './foreign.ts';
import { found, synthesise, templateOf } from './house.ts';
import { permissionsOf, resource, resourcesOf, text } from './resources.ts';

const platform = templateOf(synthesise(), 'Breakwater-Platform');
const ARN = (service: string, name: string) => `arn:aws:${service}:eu-west-1:111122223333:${name}`;
const beyondLogs = (policy: string) =>
  permissionsOf(resource(platform, 'AWS::IAM::Policy', policy)).filter(
    ({ actions }) => !/^(logs|xray):/.test(actions[0] ?? ''),
  );

describe('who answers dead letters', () => {
  const queued = [
    'book-shipment-v1',
    'cancel-shipment-v1',
    'charge-payment-v1',
    'notify-customer-v1',
    'park-steps-v1',
    'refund-payment-v1',
    'release-inventory-v1',
    'reserve-inventory-v1',
  ];

  test('may do with each atom’s queues, records, tokens and the topic what it does, and nothing else', () => {
    expect(beyondLogs('PlatformAnswerDeadLetters')).toEqual([
      {
        actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
        resources: queued.map((name) => ARN('sqs', `${name}-dead-letters`)),
      },
      { actions: ['sqs:GetQueueUrl', 'sqs:SendMessage'], resources: queued.map((name) => ARN('sqs', name)) },
      {
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
        resources: [ARN('dynamodb', 'table/breakwater-records')],
        condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['fulfil-order:*', 'dead-letters:*'] } },
      },
      {
        actions: ['states:SendTaskFailure'],
        resources: [ARN('states', 'stateMachine:fulfil-order'), ARN('states', 'stateMachine:undo-fulfil-order')],
      },
      { actions: ['sns:Publish'], resources: [expect.stringMatching(/^<PlatformOperators/)] },
    ]);
  });

  test('knows the workflows, and how their executions are called', () => {
    const { Variables } = resource(platform, 'AWS::Lambda::Function', 'PlatformAnswerDeadLetters').Properties
      .Environment;
    expect(JSON.parse(text(Variables.WORKFLOWS))).toEqual(['fulfil-order']);
    expect(text(Variables.EXECUTION_ARN_PREFIX)).toBe(ARN('states', 'execution:'));
  });

  test('fails into a queue that keeps for as long as SQS can, with an alarm', () => {
    const unanswered = resource(platform, 'AWS::SQS::Queue', 'PlatformAnswerDeadLettersUnanswered');
    expect(unanswered.Properties).toMatchObject({
      QueueName: 'unanswered-dead-letters',
      MessageRetentionPeriod: 14 * 24 * 3600,
    });
    const alarm = resource(platform, 'AWS::CloudWatch::Alarm', 'PlatformAnswerDeadLettersUnanswered').Properties;
    expect(alarm.Dimensions).toEqual([{ Name: 'QueueName', Value: { 'Fn::GetAtt': [unanswered.id, 'QueueName'] } }]);
    expect(alarm.AlarmActions).toHaveLength(1);
  });
});

describe('the sweep', () => {
  test('may list and look at executions of workflows, read how they ended, and start their undo machines', () => {
    const actions = beyondLogs('PlatformSweepExecutions');
    expect(actions.map(({ actions: each, resources }) => [each.join(' '), resources])).toEqual([
      ['ssm:GetParameter', [ARN('ssm', 'parameter/breakwater/workflows/fulfil-order')]],
      [
        'states:ListExecutions',
        [ARN('states', 'stateMachine:fulfil-order'), ARN('states', 'stateMachine:undo-fulfil-order')],
      ],
      ['states:StartExecution', [ARN('states', 'stateMachine:undo-fulfil-order')]],
      ['states:DescribeExecution states:DescribeStateMachineForExecution', [ARN('states', 'execution:fulfil-order:*')]],
      [
        'states:DescribeStateMachine',
        [ARN('states', 'stateMachine:fulfil-order'), ARN('states', 'stateMachine:fulfil-order:*')],
      ],
      ['dynamodb:BatchGetItem', [ARN('dynamodb', 'table/breakwater-records')]],
    ]);
    expect(actions.at(-1)?.condition).toMatchObject({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['fulfil-order:*'] },
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': expect.not.arrayContaining(['input', 'outcome']) },
      Null: { 'dynamodb:LeadingKeys': 'false', 'dynamodb:Attributes': 'false' },
    });
  });

  test('looks at the last hour every five minutes, and at all that can be redriven every day', () => {
    const rules = resourcesOf(platform, 'AWS::Events::Rule').map(({ Properties }) => ({
      rate: Properties.ScheduleExpression,
      input: Properties.Targets[0].Input,
      target: Properties.Targets[0].Arn.Ref,
    }));
    const target = expect.stringMatching(/^PlatformSweepExecutionsLambda.*Alias/);
    expect(rules).toEqual([
      { rate: 'rate(5 minutes)', input: '{"hours":1}', target },
      { rate: 'rate(1 day)', input: '{"hours":360}', target },
    ]);
  });

  test('tells somebody when it fails', () => {
    expect(resource(platform, 'AWS::CloudWatch::Alarm', 'PlatformSweepExecutions').Properties).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      AlarmName: 'sweep-executions-failed',
      AlarmActions: [{ Ref: expect.stringMatching(/^PlatformOperators/) }],
    });
  });

  test('is not there where there is no workflow', () => {
    const alone = templateOf(synthesise({}, { ...found, workflows: [] }), 'Breakwater-Platform');
    expect(resourcesOf(alone, 'AWS::Events::Rule')).toEqual([]);
  });
});

describe('in somebody’s own app', () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-dead-letters-'));
  writeFileSync(join(folder, 'index.mjs'), 'export const handler = () => undefined;\n');
  const code = () => Code.fromAsset(folder);
  const Order = z.object({ sku: z.string() });
  const pack = contract({
    name: 'pack',
    version: '1.0.0',
    summary: 'Packs.',
    input: Order,
    output: Order,
    effect: unguarded({ duplicates: 'harmless' }),
  });
  const packing = workflow('packing', Order, { version: '1.0.0', deadline: minutes(1), slo: { availability: 0.99 } })
    .step('packed', pack, ({ input }) => ({ sku: input.sku }))
    .returns(({ packed }) => packed.sku);

  test('an atom of another stack, with a key of its own, is answered by the platform’s, and no stack holds another in a circle', () => {
    const app = foreignApp();
    const shared = new Stack(app, 'Shared');
    const shop = new Stack(app, 'Shop');
    const platform = new Platform(shared, 'Breakwater', { code, prefix: 'shop-' });
    const encryptionKey = new Key(shop, 'Key');
    const atom = new Atom(shop, 'Pack', { platform, contract: pack, code: code(), encryptionKey });
    new Workflow(shop, 'Packing', { platform, workflow: packing, atoms: [atom] });
    expect(() => app.synth()).not.toThrow();
    const role = resource(Template.fromStack(shared), 'AWS::IAM::Policy', 'BreakwaterAnswerDeadLetters');
    const [kms] = permissionsOf(role).filter(({ actions }) => actions.includes('kms:Decrypt'));
    expect(kms?.condition).toMatchObject({
      StringEquals: { 'kms:EncryptionContext:aws:sqs:arn': [expect.anything(), expect.anything()] },
    });
    const { Variables } = resource(Template.fromStack(shared), 'AWS::Lambda::Function', 'BreakwaterAnswerDeadLetters')
      .Properties.Environment;
    expect(text(Variables.EXECUTION_ARN_PREFIX)).toMatch(/:execution:shop-$/);
    const mapping = resource(Template.fromStack(shop), 'AWS::Lambda::EventSourceMapping', 'PackDeadLetters');
    expect(mapping.Properties.ScalingConfig).toEqual({ MaximumConcurrency: 2 });
  });
});
