import { GetBackupSelectionCommand } from '@aws-sdk/client-backup';
import { DescribeAlarmsCommand, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeArchiveCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DescribeExecutionCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { expect, test } from '@jest/globals';
import { definition, ended, outcome, start } from './executions.ts';
import { createStack, deleteStack, type Resources, updateStack } from './stacks.ts';
import { emulatorUnderTest, ROLE, refusal, unique } from './under-test.ts';

const underTest = emulatorUnderTest('cloudformation');
const says = (word: string) => definition({ S: { Type: 'Pass', Output: word, End: true } });
const runOf = async (arn: string) => outcome(await ended(underTest, await start(underTest, arn)));

test('a version and an alias deploy; the alias keeps its ARN and sends starts where its routing says', async () => {
  const newest = { StateMachineVersionArn: { Ref: 'V' } };
  const retained = { UpdateReplacePolicy: 'Retain', DeletionPolicy: 'Delete' };
  const machine = (word: string, alias: Record<string, unknown>): Resources => ({
    M: ['StepFunctions::StateMachine', { RoleArn: ROLE, DefinitionString: says(word) }],
    V: [
      'StepFunctions::StateMachineVersion',
      { StateMachineArn: { Ref: 'M' }, StateMachineRevisionId: { 'Fn::GetAtt': ['M', 'StateMachineRevisionId'] } },
      retained,
    ],
    A: ['StepFunctions::StateMachineAlias', { Name: 'live', ...alias }],
  });
  const shown = {
    machine: { Ref: 'M' },
    version: { Ref: 'V' },
    versionArn: { 'Fn::GetAtt': ['V', 'Arn'] },
    alias: { Ref: 'A' },
    aliasArn: { 'Fn::GetAtt': ['A', 'Arn'] },
  };

  const all = { RoutingConfiguration: [{ ...newest, Weight: 100 }] };
  const { name, outputs: one } = await createStack(underTest, machine('one', all), shown);
  expect([one.version, one.versionArn]).toEqual([`${one.machine}:1`, `${one.machine}:1`]);
  expect([one.alias, one.aliasArn]).toEqual([`${one.machine}:live`, `${one.machine}:live`]);
  expect(await runOf(one.alias)).toBe('one');

  const half = [
    { StateMachineVersionArn: one.version, Weight: 50 },
    { ...newest, Weight: 50 },
  ];
  const { outputs: two } = await updateStack(underTest, name, machine('two', { RoutingConfiguration: half }), shown);
  expect([two.version, two.alias]).toEqual([`${two.machine}:2`, one.alias]);
  expect([await runOf(one.version), await runOf(two.version)]).toEqual(['one', 'two']);
  const executions = await Promise.all(Array.from({ length: 40 }, () => start(underTest, two.alias)));
  const said = await Promise.all(executions.map(async (each) => outcome(await ended(underTest, each))));
  expect(said.filter((word) => word === 'one').length).toBeGreaterThan(8);
  expect(said.filter((word) => word === 'two').length).toBeGreaterThan(8);
  const described = await underTest.stepFunctions.send(new DescribeExecutionCommand({ executionArn: executions[0] }));
  expect(described.stateMachineAliasArn).toBe(two.alias);
  expect(described.stateMachineVersionArn).toBe(said[0] === 'one' ? one.version : two.version);
  const listed = await underTest.stepFunctions.send(new ListExecutionsCommand({ stateMachineArn: two.alias }));
  expect(listed.executions).toHaveLength(41);

  const canary = { DeploymentPreference: { ...newest, Type: 'CANARY', Percentage: 10, Interval: 1 } };
  const { outputs: three } = await updateStack(underTest, name, machine('three', canary), shown);
  expect(await runOf(three.alias)).toBe('three');
  await deleteStack(underTest, name);
});

test('an event archive deploys, keeps what its pattern matches, and is updated and deleted with its stack', async () => {
  const bus = unique('bus');
  const archive = (days: number): Resources => ({
    B: ['Events::EventBus', { Name: bus }],
    A: [
      'Events::Archive',
      { SourceArn: { 'Fn::GetAtt': ['B', 'Arn'] }, RetentionDays: days, EventPattern: { source: ['kept'] } },
    ],
  });
  const shown = { name: { Ref: 'A' }, arn: { 'Fn::GetAtt': ['A', 'Arn'] } };
  const describe = () => underTest.events.send(new DescribeArchiveCommand({ ArchiveName: outputs.name }));

  const { name, outputs } = await createStack(underTest, archive(1), shown);
  const entries = ['kept', 'other'].map((Source) => ({ EventBusName: bus, Source, DetailType: 'd', Detail: '{}' }));
  await underTest.events.send(new PutEventsCommand({ Entries: entries }));
  expect(await describe()).toMatchObject({ EventCount: 1, RetentionDays: 1, ArchiveArn: outputs.arn });
  await updateStack(underTest, name, archive(2), shown);
  expect(await describe()).toMatchObject({ RetentionDays: 2 });
  await deleteStack(underTest, name);
  expect(await refusal(describe())).toBe('ResourceNotFoundException');
});

const alarm = { EvaluationPeriods: 1, ComparisonOperator: 'GreaterThanThreshold', Threshold: 1 } as const;
const metric = { Namespace: 'N', MetricName: 'M' };

test('a composite alarm deploys and takes the state of its child', async () => {
  const child = { ...alarm, ...metric, Period: 60, Statistic: 'Sum' };
  const composite: Resources = {
    Child: ['CloudWatch::Alarm', child],
    C: ['CloudWatch::CompositeAlarm', { AlarmRule: { 'Fn::Sub': 'ALARM(${Child})' } }],
  };
  const { name, outputs } = await createStack(underTest, composite, {
    child: { Ref: 'Child' },
    composite: { Ref: 'C' },
  });
  const set = { AlarmName: outputs.child, StateValue: 'ALARM', StateReason: 'test' } as const;
  await underTest.metrics.send(new SetAlarmStateCommand(set));
  const { CompositeAlarms = [] } = await underTest.metrics.send(
    new DescribeAlarmsCommand({ AlarmNames: [outputs.composite], AlarmTypes: ['CompositeAlarm'] }),
  );
  expect(CompositeAlarms[0]?.StateValue).toBe('ALARM');
  await deleteStack(underTest, name);
});

test('a metric-math alarm is kept with its metrics, by a stack and by PutMetricAlarm', async () => {
  const math = [
    { Id: 'e', Expression: 'm/2', ReturnData: true },
    { Id: 'm', ReturnData: false, MetricStat: { Metric: metric, Period: 60, Stat: 'Sum' } },
  ];
  const idsOf = async (name: string) => {
    const described = await underTest.metrics.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
    return described.MetricAlarms?.[0]?.Metrics?.map(({ Id }) => Id);
  };
  const direct = unique('alarm');
  await underTest.metrics.send(new PutMetricAlarmCommand({ AlarmName: direct, Metrics: math, ...alarm }));
  expect(await idsOf(direct)).toEqual(['e', 'm']);
  const deployed: Resources = { A: ['CloudWatch::Alarm', { ...alarm, Metrics: math }] };
  const { name, outputs } = await createStack(underTest, deployed, { alarm: { Ref: 'A' } });
  expect(await idsOf(outputs.alarm)).toEqual(['e', 'm']);
  await deleteStack(underTest, name);
});

test('a backup selection deploys and can be read', async () => {
  const rule = { RuleName: 'r', TargetBackupVault: 'Default' };
  const selection = { SelectionName: 's', IamRoleArn: ROLE, Resources: ['*'] };
  const backup: Resources = {
    P: ['Backup::BackupPlan', { BackupPlan: { BackupPlanName: unique('plan'), BackupPlanRule: [rule] } }],
    S: ['Backup::BackupSelection', { BackupPlanId: { Ref: 'P' }, BackupSelection: selection }],
  };
  const shown = { plan: { Ref: 'P' }, selection: { 'Fn::GetAtt': ['S', 'SelectionId'] } };
  const { name, outputs } = await createStack(underTest, backup, shown);
  const read = await underTest.backups.send(
    new GetBackupSelectionCommand({ BackupPlanId: outputs.plan, SelectionId: outputs.selection }),
  );
  expect(read.BackupSelection?.SelectionName).toBe('s');
  await deleteStack(underTest, name);
});

test('types that only the stack knows deploy, keep their identity over an update, and go with the stack', async () => {
  const recorded = (query: string): Resources => ({
    Detector: ['CloudWatch::AnomalyDetector', { ...metric, Stat: 'Sum' }],
    Query: ['Logs::QueryDefinition', { Name: 'q', QueryString: query }],
    Group: ['XRay::Group', { GroupName: 'g' }],
    App: ['CodeDeploy::Application', { ComputePlatform: 'Lambda' }],
    Deployments: ['CodeDeploy::DeploymentGroup', { ApplicationName: { Ref: 'App' }, ServiceRoleArn: ROLE }],
    Extension: ['AppConfig::Extension', { Name: 'e', Actions: {} }],
    Association: [
      'AppConfig::ExtensionAssociation',
      { ExtensionIdentifier: { Ref: 'Extension' }, ResourceIdentifier: 'arn:x' },
    ],
  });
  const shown = {
    query: { 'Fn::GetAtt': ['Query', 'QueryDefinitionId'] },
    group: { 'Fn::GetAtt': ['Group', 'GroupARN'] },
    extension: { 'Fn::GetAtt': ['Extension', 'Arn'] },
    deployments: { Ref: 'Deployments' },
  };
  const { name, outputs } = await createStack(underTest, recorded('fields @message'), shown);
  expect(outputs.group).toMatch(/^arn:aws:xray:us-east-1:/);
  const updated = await updateStack(underTest, name, recorded('fields @timestamp'), shown);
  expect(updated.outputs).toEqual(outputs);
  await deleteStack(underTest, name);
});
