import { describe, expect, test } from '@jest/globals';
import { synthesise, templateOf } from './house.ts';
import { resource, resourcesOf, text } from './resources.ts';

const STACK = 'Breakwater-Workflow-fulfil-order';
const stack = templateOf(synthesise(), STACK);
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
  expect(text(target.Arn)).toBe('arn:aws:lambda:eu-west-1:111122223333:function:start-undo:live');
  expect(target).toMatchObject({
    DeadLetterConfig: { Arn: { 'Fn::GetAtt': [deadLetters.id, 'Arn'] } },
    RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86400 },
  });
  expect(text(target.InputTransformer.InputTemplate)).toBe(
    `{"executionArn":<detail-executionArn>,"name":<detail-name>,"status":<detail-status>,"undoMachineArn":"<${undo}>"}`,
  );
  expect(resource(stack, 'AWS::Lambda::Permission', 'WorkflowUndoRule').Properties).toMatchObject({
    Principal: 'events.amazonaws.com',
    SourceArn: { 'Fn::GetAtt': [resource(stack, 'AWS::Events::Rule', 'WorkflowUndoRule').id, 'Arn'] },
  });
});

test('applications find it by a parameter', () => {
  const { Name, Value } = resource(stack, 'AWS::SSM::Parameter').Properties;
  expect(Name).toBe('/breakwater/workflows/fulfil-order');
  expect(JSON.parse(text(Value))).toEqual({
    stateMachineArn: expect.stringMatching(/^<WorkflowMainMachine/),
    liveArn: expect.stringMatching(/^<WorkflowMainLive/),
    undoMachineArn: expect.stringMatching(/^<WorkflowUndoMachine/),
  });
});

describe('the availability alarms', () => {
  const windows = (of = stack) =>
    resourcesOf(of, 'AWS::CloudWatch::Alarm')
      .filter(({ Properties }) => Properties.Metrics)
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

test('an undo that fails tells the operators', () => {
  const { Properties } = resource(stack, 'AWS::CloudWatch::Alarm', 'WorkflowUndoFailed');
  expect(Properties).toMatchObject({
    MetricName: 'ExecutionsFailed',
    Dimensions: [
      {
        Name: 'StateMachineArn',
        Value: { Ref: resource(stack, 'AWS::StepFunctions::StateMachine', 'WorkflowUndo').id },
      },
    ],
  });
  expect(Properties.AlarmActions.map(text)).toEqual([OPERATORS]);
});

describe('admission', () => {
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
      EVENT_BUS_NAME: 'breakwater',
      REJECTED_QUEUE_URL: { Ref: resource(stack, 'AWS::SQS::Queue', 'AdmissionRejected').id },
    });
  });
});
