import { describe, expect, test } from '@jest/globals';
import { inSeconds, isCalledDirectly, majorId, stepTimes } from '../../lib/contract/index.ts';
import { found, synthesise, templateOf } from './house.ts';
import { permissionsOf, resource, resourcesOf, text } from './resources.ts';

const templates = synthesise();
const atoms = templateOf(templates, 'Breakwater-Atoms-orders');
const functions = [...templates.values()].flatMap((template) =>
  resourcesOf(template, 'AWS::Lambda::Function').map((each) => ({ template, ...each })),
);

const OPERATORS = 'arn:aws:sns:eu-west-1:111122223333:breakwater-operators';
const RECORDS = 'arn:aws:dynamodb:eu-west-1:111122223333:table/breakwater-records';
const MACHINES = [
  'arn:aws:states:eu-west-1:111122223333:stateMachine:fulfil-order',
  'arn:aws:states:eu-west-1:111122223333:stateMachine:undo-fulfil-order',
];
const OWN_RECORDS = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['fulfil-order:*'] } };

describe.each(functions)('$Properties.FunctionName', ({ template, id, Properties }) => {
  test('runs on the current runtime, traced, with a log group of its own that ends', () => {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      Environment: { Variables: { NODE_OPTIONS: '--enable-source-maps' } },
    });
    const logs = resourcesOf(template, 'AWS::Logs::LogGroup').find(
      (group) => group.id === Properties.LoggingConfig.LogGroup.Ref,
    );
    expect(logs?.Properties).toMatchObject({
      LogGroupName: `/aws/lambda/${Properties.FunctionName}`,
      RetentionInDays: 30,
    });
  });

  test('is called by the alias live, and old versions stay', () => {
    const version = resourcesOf(template, 'AWS::Lambda::Version').find(
      (each) => each.Properties.FunctionName.Ref === id,
    );
    expect(version).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    const alias = resourcesOf(template, 'AWS::Lambda::Alias').find((each) => each.Properties.FunctionName.Ref === id);
    expect(alias?.Properties).toMatchObject({
      Name: 'live',
      FunctionVersion: { 'Fn::GetAtt': [version?.id, 'Version'] },
    });
  });
});

describe.each(found.atoms.filter(({ domain }) => domain === 'orders').map(({ contract }) => contract))(
  '$name',
  (contract) => {
    const times = stepTimes(contract, 1);
    const own = contract.name.replaceAll('-', '');

    test('has the times that follow from its contract', () => {
      const lambda = functions.find(({ Properties }) => Properties.FunctionName === majorId(contract));
      expect(lambda?.Properties.Timeout).toBe(inSeconds(times.lambda));
    });

    if (isCalledDirectly(contract)) {
      test('is called directly: no queue, no records', () => {
        expect(resourcesOf(atoms, 'AWS::SQS::Queue').filter(({ id }) => id.startsWith(own))).toEqual([]);
        const actions = permissionsOf(resource(atoms, 'AWS::IAM::Policy', own)).flatMap((each) => each.actions);
        expect(actions.filter((action) => /^(sqs|dynamodb|states):/.test(action))).toEqual([]);
      });
      return;
    }

    test('receives from the queue of its major version, and an alarm tells of dead letters that nobody answers', () => {
      const deadLetters = resource(atoms, 'AWS::SQS::Queue', `${own}WorkDeadLetters`);
      expect(deadLetters.Properties).toMatchObject({
        QueueName: `${majorId(contract)}-dead-letters`,
        MessageRetentionPeriod: 14 * 24 * 3600,
        SqsManagedSseEnabled: true,
      });
      const queue = resource(atoms, 'AWS::SQS::Queue', `${own}WorkQueue`);
      expect(queue.Properties).toMatchObject({
        QueueName: majorId(contract),
        VisibilityTimeout: inSeconds(times.visibility),
        SqsManagedSseEnabled: true,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters.id, 'Arn'] }, maxReceiveCount: 5 },
      });
      const alarm = resource(atoms, 'AWS::CloudWatch::Alarm', `${own}Work`);
      expect(alarm.Properties).toMatchObject({
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [deadLetters.id, 'QueueName'] } }],
        Threshold: 1,
        TreatMissingData: 'notBreaching',
      });
      expect(alarm.Properties.AlarmActions.map(text)).toEqual([OPERATORS]);
      const mapping = resource(atoms, 'AWS::Lambda::EventSourceMapping', `${own}Lambda`);
      expect(mapping.Properties).toMatchObject({
        EventSourceArn: { 'Fn::GetAtt': [queue.id, 'Arn'] },
        BatchSize: times.batchSize,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 10 },
      });
      expect(text(mapping.Properties.FunctionName)).toMatch(/:live$/);
    });

    test('has its dead letters answered by the platform, and an alarm counts them', () => {
      const deadLetters = resource(atoms, 'AWS::SQS::Queue', `${own}WorkDeadLetters`);
      expect(deadLetters.Properties.VisibilityTimeout).toBe(180);
      expect(text(deadLetters.Properties.RedrivePolicy.deadLetterTargetArn)).toBe(
        'arn:aws:sqs:eu-west-1:111122223333:unanswered-dead-letters',
      );
      const { FunctionName, ...mapping } = resource(atoms, 'AWS::Lambda::EventSourceMapping', `${own}Dead`).Properties;
      expect(text(FunctionName)).toBe('arn:aws:lambda:eu-west-1:111122223333:function:answer-dead-letters:live');
      expect(mapping).toMatchObject({
        EventSourceArn: { 'Fn::GetAtt': [deadLetters.id, 'Arn'] },
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 2 },
      });
      expect(resource(atoms, 'AWS::CloudWatch::Alarm', `${own}DeadLetters`).Properties).toMatchObject({
        Namespace: 'Breakwater',
        MetricName: 'DeadLettered',
        Dimensions: [{ Name: 'atom', Value: majorId(contract) }],
        Threshold: 1,
        TreatMissingData: 'notBreaching',
      });
    });
  },
);

test.each(
  [...templates].flatMap(([stack, template]) =>
    resourcesOf(template, 'AWS::SQS::Queue').map(({ id, Properties }) => ({
      stack,
      id,
      name: Properties.QueueName,
      template,
    })),
  ),
)('queue $name refuses unencrypted transport', ({ id, template }) => {
  const policies = resourcesOf(template, 'AWS::SQS::QueuePolicy').filter(
    (each) => each.Properties.Queues[0].Ref === id,
  );
  expect(policies[0]?.Properties.PolicyDocument.Statement[0]).toMatchObject({
    Effect: 'Deny',
    Action: 'sqs:*',
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  });
});

describe('an atom may do what its contract says, and nothing else', () => {
  const beyondEveryone = (name: string) =>
    permissionsOf(resource(atoms, 'AWS::IAM::Policy', name)).filter(
      ({ actions }) => !/^(logs|xray):/.test(actions[0] ?? '') && !actions.includes('sqs:ReceiveMessage'),
    );

  test('charge-payment, a keyed effect: its records and its tokens', () => {
    expect(beyondEveryone('chargepayment')).toEqual([
      { actions: ['sqs:SendMessage'], resources: [expect.stringMatching(/^<chargepaymentWorkDeadLetters/)] },
      {
        actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
        resources: [RECORDS],
        condition: OWN_RECORDS,
      },
      { actions: ['states:SendTaskFailure', 'states:SendTaskSuccess'], resources: MACHINES },
    ]);
  });

  test('reserve-inventory, a transaction: the declared actions on the declared tables', () => {
    expect(beyondEveryone('reserveinventory')).toEqual([
      { actions: ['dynamodb:UpdateItem'], resources: [expect.stringMatching(/:table\/breakwater-inventory$/)] },
      { actions: ['dynamodb:PutItem'], resources: [expect.stringMatching(/:table\/breakwater-holds$/)] },
      { actions: ['sqs:SendMessage'], resources: [expect.stringMatching(/^<reserveinventoryWorkDeadLetters/)] },
      { actions: ['dynamodb:GetItem', 'dynamodb:PutItem'], resources: [RECORDS], condition: OWN_RECORDS },
      { actions: ['states:SendTaskFailure', 'states:SendTaskSuccess'], resources: MACHINES },
    ]);
  });

  test('notify-customer, which nobody waits for: mail from one identity, and no tokens', () => {
    expect(beyondEveryone('notifycustomer')).toEqual([
      { actions: ['ses:SendEmail'], resources: [expect.stringMatching(/:identity\/orders@example\.com$/)] },
      { actions: ['sqs:SendMessage'], resources: [expect.stringMatching(/^<notifycustomerWorkDeadLetters/)] },
      { actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], resources: [RECORDS], condition: OWN_RECORDS },
    ]);
  });
});

test('a time scale shortens the Lambda’s time-out and the queue’s visibility together, and the handler is told', () => {
  const scaled = templateOf(synthesise({ timeScale: 0.1 }), 'Breakwater-Atoms-orders');
  const lambda = resource(scaled, 'AWS::Lambda::Function', 'chargepayment').Properties;
  expect(lambda).toMatchObject({ Timeout: 3, Environment: { Variables: { BREAKWATER_TIME_SCALE: '0.1' } } });
  expect(resource(scaled, 'AWS::SQS::Queue', 'chargepaymentWorkQueue').Properties.VisibilityTimeout).toBe(18);
});
