import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';

import { Platform } from '../../lib/constructs/index.ts';
import { StateMachine } from '../../lib/constructs/state-machine.ts';
import { foreignApp } from './foreign.ts';
import { synthesise, templateOf } from './house.ts';
import { permissionsOf, resource, resourcesOf, text } from './resources.ts';

const STACK = 'Breakwater-Workflow-fulfil-order';
const templates = synthesise();
const stack = templateOf(templates, STACK);
const platform = templateOf(templates, 'Breakwater-Platform');
const OPERATORS = 'arn:aws:sns:eu-west-1:111122223333:breakwater-operators';

describe.each([
  ['Main', 'fulfil-order'],
  ['Undo', 'undo-fulfil-order'],
])('the machine %s', (which, name) => {
  test('is a Standard one, traced, and logs errors without anybody’s data', () => {
    const logs = resource(stack, 'AWS::Logs::LogGroup', `Workflow${which}`);
    expect(logs.Properties).toMatchObject({ LogGroupName: `/aws/vendedlogs/states/${name}`, RetentionInDays: 30 });
    expect(resource(stack, 'AWS::StepFunctions::StateMachine', `Workflow${which}`).Properties).toMatchObject({
      StateMachineName: name,
      StateMachineType: 'STANDARD',
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: {
        Level: 'ERROR',
        IncludeExecutionData: false,
        Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: { 'Fn::GetAtt': [logs.id, 'Arn'] } } }],
      },
    });
  });
});

describe('the alias live', () => {
  const versionOf = (context: Record<string, unknown>) =>
    resource(templateOf(synthesise(context), STACK), 'AWS::StepFunctions::StateMachineVersion', 'WorkflowMain').id;
  const version = resource(stack, 'AWS::StepFunctions::StateMachineVersion', 'WorkflowMain');

  test('points at the version, and old versions stay', () => {
    expect(version).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(resource(stack, 'AWS::StepFunctions::StateMachineAlias').Properties).toEqual({
      Name: 'live',
      RoutingConfiguration: [{ StateMachineVersionArn: { 'Fn::GetAtt': [version.id, 'Arn'] }, Weight: 100 }],
    });
  });

  test('runs a definition that names the version of the undo machine which belongs to it', () => {
    const undo = resource(stack, 'AWS::StepFunctions::StateMachineVersion', 'WorkflowUndo');
    const { DefinitionSubstitutions } = resource(stack, 'AWS::StepFunctions::StateMachine', 'WorkflowMain').Properties;
    expect(DefinitionSubstitutions).toMatchObject({ UndoVersion: { 'Fn::GetAtt': [undo.id, 'Arn'] } });
    expect(undo).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('gets a new version when the definition changes, and only then', () => {
    expect(versionOf({ mailFrom: 'shop@example.com' })).toBe(version.id);
    expect(versionOf({ timeScale: 0.5 })).not.toBe(version.id);
  });

  test('gets a new version when only the undo machine that it names changed', () => {
    const published = (revision: string) => {
      const own = new Stack(foreignApp(), 'Own');
      new StateMachine(own, 'Main', {
        name: 'main',
        definition: {
          Comment: 'ends',
          QueryLanguage: 'JSONata',
          TimeoutSeconds: 60,
          StartAt: 'End',
          States: { End: { Type: 'Succeed' } },
        },
        substitutions: [],
        atoms: [],
        platform: new Platform(own, 'Platform'),
        undoVersion: { arn: 'arn:of:undo:1', revision },
      }).publish();
      return resource(Template.fromStack(own), 'AWS::StepFunctions::StateMachineVersion').id;
    };
    expect(published('a')).toBe(published('a'));
    expect(published('b')).not.toBe(published('a'));
  });
});

test('an execution that ended from outside starts the undo machine; what cannot be delivered is kept and told', () => {
  const deadLetters = resource(stack, 'AWS::SQS::Queue', 'WorkflowUndoRule');
  const rule = resource(stack, 'AWS::Events::Rule', 'WorkflowUndoRule').Properties;
  const main = resource(stack, 'AWS::StepFunctions::StateMachine', 'WorkflowMain').id;
  const undo = resource(stack, 'AWS::StepFunctions::StateMachine', 'WorkflowUndo').id;
  expect(rule.EventBusName).toBeUndefined(); // the account's own bus: Step Functions knows no other
  expect(rule.EventPattern).toEqual({
    source: ['aws.states'],
    'detail-type': ['Step Functions Execution Status Change'],
    detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [{ Ref: main }] },
  });
  const [target] = rule.Targets;
  expect(text(target.Arn)).toBe('arn:aws:sqs:eu-west-1:111122223333:start-undo');
  expect(target).toMatchObject({
    DeadLetterConfig: { Arn: { 'Fn::GetAtt': [deadLetters.id, 'Arn'] } },
    RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86400 },
  });
  expect(text(target.InputTransformer.InputTemplate)).toBe(
    `{"executionArn":<detail-executionArn>,"name":<detail-name>,"status":<detail-status>,"undoMachineArn":"<${undo}>"}`,
  );
});

describe('the starter of undo machines', () => {
  const queue = resource(platform, 'AWS::SQS::Queue', 'PlatformStartUndoWorkerWorkQueue');

  test('is told by the rules of this account, and by nobody else', () => {
    const policies = resourcesOf(platform, 'AWS::SQS::QueuePolicy').filter(
      ({ Properties }) => Properties.Queues[0].Ref === queue.id,
    );
    const statements = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
    expect(allowed).toMatchObject([{ Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage' }]);
    expect(text(allowed[0].Condition.ArnLike['aws:SourceArn'])).toBe('arn:aws:events:eu-west-1:111122223333:rule/*');
  });

  test('is told again for hours, at a pace that the quotas allow, and then somebody hears of it', () => {
    const deadLetters = resource(platform, 'AWS::SQS::Queue', 'PlatformStartUndoWorkerWorkDeadLetters');
    expect(queue.Properties).toMatchObject({
      QueueName: 'start-undo',
      VisibilityTimeout: 180,
      RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters.id, 'Arn'] }, maxReceiveCount: 100 },
    });
    const { Properties } = resource(platform, 'AWS::CloudWatch::Alarm', 'PlatformStartUndo');
    expect(Properties.AlarmName).toBe('start-undo-dead-letters');
    const mapping = resource(platform, 'AWS::Lambda::EventSourceMapping', 'PlatformStartUndo');
    expect(mapping.Properties).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': [queue.id, 'Arn'] },
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });
});

test('applications find it by a parameter', () => {
  const { Name, Value } = resource(stack, 'AWS::SSM::Parameter').Properties;
  expect(Name).toBe('/breakwater/workflows/fulfil-order');
  expect(JSON.parse(text(Value))).toEqual({
    stateMachineArn: expect.stringMatching(/^<WorkflowMainMachine/),
    liveArn: expect.stringMatching(/^<WorkflowMainLive/),
    undoMachineArn: expect.stringMatching(/^<WorkflowUndoMachine/),
    timeoutSeconds: JSON.parse(
      resource(stack, 'AWS::StepFunctions::StateMachine', 'WorkflowMain').Properties.DefinitionString,
    ).TimeoutSeconds,
    recordsTable: 'breakwater-records',
    resultsTable: 'breakwater-records',
  });
});

describe('the availability alarms', () => {
  const windows = (of = stack) =>
    resourcesOf(of, 'AWS::CloudWatch::Alarm')
      .filter(({ Properties }) => Properties.AlarmName.includes('-availability-'))
      .map(({ id, Properties }) => ({
        id,
        name: Properties.AlarmName,
        periods: [
          ...new Set(
            Properties.Metrics.flatMap((each: { MetricStat?: { Period: number } }) => each.MetricStat?.Period ?? []),
          ),
        ],
        threshold: Properties.Threshold,
        tells: Properties.AlarmActions ?? [],
      }));

  test('burn at 14.4 over an hour and five minutes, at 6 over six hours and thirty minutes; each has one period', () => {
    expect(windows()).toMatchObject([
      { name: 'fulfil-order-availability-1h-1h', periods: [3600], threshold: 0.0144, tells: [] },
      { name: 'fulfil-order-availability-1h-5m', periods: [300], threshold: 0.0144, tells: [] },
      { name: 'fulfil-order-availability-6h-6h', periods: [21600], threshold: 0.006, tells: [] },
      { name: 'fulfil-order-availability-6h-30m', periods: [1800], threshold: 0.006, tells: [] },
    ]);
  });

  test('count aborted and timed-out executions as bad, and stay quiet without traffic', () => {
    const { Properties } = resource(stack, 'AWS::CloudWatch::Alarm', 'WorkflowAvailability1hLong');
    expect(Properties.TreatMissingData).toBe('notBreaching');
    expect(Properties.Metrics[0].Expression).toBe(
      '(FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)) / (FILL(succeeded, 0) + FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0))',
    );
  });

  test('page by one composite: both windows of a pair, either pair', () => {
    const [long, short, longer, shorter] = windows().map(({ id }) => id);
    const page = resource(stack, 'AWS::CloudWatch::CompositeAlarm').Properties;
    expect(text(page.AlarmRule)).toBe(
      `((ALARM("<${long}>") AND ALARM("<${short}>")) OR (ALARM("<${longer}>") AND ALARM("<${shorter}>")))`,
    );
    expect(page.AlarmActions.map(text)).toEqual([OPERATORS]);
  });

  test('shrink with the time scale, to a minute at least', () => {
    const scaled = templateOf(synthesise({ timeScale: 0.05 }), STACK);
    expect(windows(scaled).map(({ periods }) => periods)).toEqual([[180], [60], [1080], [120]]);
  });
});

test('an undo that fails, times out or is stopped tells the operators', () => {
  const { Properties } = resource(stack, 'AWS::CloudWatch::Alarm', 'WorkflowUndoFailed');
  const { id } = resource(stack, 'AWS::StepFunctions::StateMachine', 'WorkflowUndo');
  const [sum, ...metrics] = Properties.Metrics;
  expect(sum.Expression).toBe('FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)');
  expect(metrics.map(({ MetricStat }: { MetricStat: { Metric: unknown } }) => MetricStat.Metric)).toEqual(
    ['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted'].map((MetricName) => ({
      Namespace: 'AWS/States',
      MetricName,
      Dimensions: [{ Name: 'StateMachineArn', Value: { Ref: id } }],
    })),
  );
  expect(Properties.AlarmActions.map(text)).toEqual([OPERATORS]);
});

describe('admission', () => {
  test('is paced: a wave waits in the queue, and a throttled event is delivered again for hours', () => {
    const queue = resource(stack, 'AWS::SQS::Queue', 'AdmissionWorkQueue');
    expect(queue.Properties.RedrivePolicy.maxReceiveCount).toBe(100);
    expect(resource(stack, 'AWS::Lambda::EventSourceMapping', 'Admission').Properties.ScalingConfig).toEqual({
      MaximumConcurrency: 2,
    });
    const later = permissionsOf(resource(stack, 'AWS::IAM::Policy', 'Admission')).find(({ actions }) =>
      actions.includes('sqs:ChangeMessageVisibility'),
    );
    expect(later?.resources).toEqual([`<${queue.id}>`]);
  });

  test('takes the workflow’s event from the domain’s bus into its queue', () => {
    const queue = resource(stack, 'AWS::SQS::Queue', 'AdmissionWorkQueue');
    expect(resource(stack, 'AWS::Events::Rule', 'Admission').Properties).toMatchObject({
      EventBusName: 'breakwater',
      EventPattern: { 'detail-type': ['order-placed'] },
      Targets: [{ Arn: { 'Fn::GetAtt': [queue.id, 'Arn'] } }],
    });
  });

  test('keeps refused events with an alarm', () => {
    const rejected = resource(stack, 'AWS::SQS::Queue', 'AdmissionRejected');
    expect(rejected.Properties).toMatchObject({ QueueName: 'rejected-fulfil-order', MessageRetentionPeriod: 1209600 });
    expect(resource(stack, 'AWS::CloudWatch::Alarm', 'AdmissionRejected').Properties.AlarmActions.map(text)).toEqual([
      OPERATORS,
    ]);
  });

  test('starts the alias and knows where everything is', () => {
    const { Variables } = resource(stack, 'AWS::Lambda::Function', 'Admission').Properties.Environment;
    expect(Variables).toMatchObject({
      WORKFLOW_NAME: 'fulfil-order',
      STATE_MACHINE_ARN: { 'Fn::GetAtt': [expect.stringMatching(/^WorkflowMainLive/), 'Arn'] },
      RECORDS_TABLE: 'breakwater-records',
      QUEUE_URL: { Ref: resource(stack, 'AWS::SQS::Queue', 'AdmissionWorkQueue').id },
      EVENT_BUS_NAME: 'breakwater',
      REJECTED_QUEUE_URL: { Ref: resource(stack, 'AWS::SQS::Queue', 'AdmissionRejected').id },
    });
  });
});
