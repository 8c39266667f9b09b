import { describe, expect, test } from '@jest/globals';
import { found, makeApp, synthesise, templateOf, templatesOf } from './house.ts';
import { resource, resourcesOf } from './resources.ts';

const DATA = 'Breakwater-Data';
const app = makeApp();
const templates = templatesOf(app);
const data = templateOf(templates, DATA);

test.each(resourcesOf(data, 'AWS::DynamoDB::Table'))(
  'table $Properties.TableName can be recovered to any second, and nothing deletes it',
  (table) => {
    expect(table).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(table.Properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  },
);

test('the records have the protocol’s key, an end, and an index of what is parked', () => {
  expect(resource(data, 'AWS::DynamoDB::Table', 'Records').Properties).toMatchObject({
    TableName: 'breakwater-records',
    KeySchema: [
      { AttributeName: 'execution', KeyType: 'HASH' },
      { AttributeName: 'step', KeyType: 'RANGE' },
    ],
    TimeToLiveSpecification: { AttributeName: 'expiry', Enabled: true },
    GlobalSecondaryIndexes: [
      {
        IndexName: 'parked',
        KeySchema: [
          { AttributeName: 'parkedIn', KeyType: 'HASH' },
          { AttributeName: 'parkedAt', KeyType: 'RANGE' },
        ],
      },
    ],
  });
});

test('tables of the domain come from what contracts use', () => {
  expect(
    resourcesOf(data, 'AWS::DynamoDB::Table')
      .map(({ Properties }) => Properties.TableName)
      .sort(),
  ).toEqual(['breakwater-holds', 'breakwater-inventory', 'breakwater-records']);
});

test('the bus and the log of its events outlive the stack, and events are kept for ever', () => {
  expect(resource(data, 'AWS::Events::EventBus')).toMatchObject({
    DeletionPolicy: 'Retain',
    Properties: { Name: 'breakwater' },
  });
  expect(resource(data, 'AWS::Events::Archive')).toMatchObject({
    DeletionPolicy: 'Retain',
    Properties: { RetentionDays: 0 },
  });
});

test('the stack cannot be deleted by mistake', () => {
  const { stacks } = app.synth();
  expect(stacks.filter(({ terminationProtection }) => terminationProtection).map(({ stackName }) => stackName)).toEqual(
    [DATA],
  );
});

describe('no workflow’s deploy touches data', () => {
  test('without any workflow the data stack is the same', () => {
    const none = templateOf(synthesise({}, { ...found, workflows: [] }), DATA);
    expect(none.toJSON()).toEqual(data.toJSON());
  });

  test('only the sandbox exports anything, so that no stack holds another back', () => {
    const exporting = [...templates].filter(([, template]) =>
      JSON.stringify(template.toJSON().Outputs ?? {}).includes('Export'),
    );
    expect(exporting.map(([stack]) => stack)).toEqual(['Breakwater-Sandbox']);
  });

  test('a workflow’s stack holds none', () => {
    const types = resourcesOf(templateOf(templates, 'Breakwater-Workflow-fulfil-order')).map(({ Type }) => Type);
    expect(types.filter((type) => /DynamoDB|EventBus$|Archive/.test(type))).toEqual([]);
  });
});
