import { describe, expect, test } from '@jest/globals';
import { UNSCOPED_ACTIONS } from '../../lib/stacks/acknowledgements.ts';
import { everything, synthesise, templateOf } from './house.ts';
import { permissionsOf, resource, resourcesOf } from './resources.ts';

const templates = synthesise();
const policies = [...synthesise({}, everything)].flatMap(([stack, template]) =>
  resourcesOf(template, 'AWS::IAM::Policy').map((policy) => ({
    stack,
    id: policy.id,
    permissions: permissionsOf(policy),
  })),
);
const partitions = [...everything.workflows.map(({ workflow }) => workflow.plan.name), 'dead-letters'].map(
  (name) => `${name}:*`,
);
const unscoped = new Set(UNSCOPED_ACTIONS.flatMap(({ actions }) => actions));

describe.each(policies)('$stack $id', ({ permissions }) => {
  test('names every action', () => {
    expect(permissions.flatMap(({ actions }) => actions).filter((action) => action.includes('*'))).toEqual([]);
  });

  test('has a wildcard only where AWS gives no choice', () => {
    for (const { actions, resources } of permissions) {
      for (const each of resources.filter((name) => name.includes('*'))) {
        if (each === '*') expect(actions.filter((action) => !unscoped.has(action))).toEqual([]);
        else expect(each).toMatch(/:(execution|stateMachine):[\w-]+:\*$/);
      }
    }
  });

  test('reaches records only by the partitions of workflows', () => {
    for (const { resources, condition } of permissions) {
      if (!resources.some((name) => name.endsWith(':table/breakwater-records'))) continue;
      const { 'ForAllValues:StringLike': only, ...narrower } = condition as Record<
        string,
        Record<string, readonly string[]>
      >;
      expect(only).toEqual({ 'dynamodb:LeadingKeys': expect.any(Array) });
      for (const operator of Object.keys(narrower))
        expect(operator).toMatch(/^(ForAllValues:StringEquals|StringEqualsIfExists|Null)$/);
      expect(only?.['dynamodb:LeadingKeys']).not.toEqual([]);
      expect(partitions).toEqual(expect.arrayContaining([...(only?.['dynamodb:LeadingKeys'] ?? [])]));
    }
  });
});

test('no role carries a managed policy', () => {
  const roles = [...templates.values()].flatMap((template) => resourcesOf(template, 'AWS::IAM::Role'));
  expect(roles.length).toBeGreaterThan(10);
  expect(roles.filter(({ Properties }) => Properties.ManagedPolicyArns)).toEqual([]);
});

describe.each(['Main', 'Undo'])('the state machine %s', (which) => {
  const stack = templateOf(templates, 'Breakwater-Workflow-fulfil-order');
  const { DefinitionString, DefinitionSubstitutions } = resource(
    stack,
    'AWS::StepFunctions::StateMachine',
    `Workflow${which}`,
  ).Properties;
  const permissions = permissionsOf(resource(stack, 'AWS::IAM::Policy', `Workflow${which}`));
  const resourcesFor = (action: string) =>
    permissions.filter(({ actions }) => actions.includes(action)).flatMap(({ resources }) => resources);
  const placeholders = [...new Set(DefinitionString.match(/\$\{\w+\}/g) as string[])].map((each) => each.slice(2, -1));
  const kebab = (key: string) => key.replace(/(?<!^)([A-Z])/g, '-$1').toLowerCase();

  test('has a value for every placeholder, and none besides', () => {
    expect(Object.keys(DefinitionSubstitutions).sort()).toEqual(placeholders.sort());
  });

  test('may send to the queues that its definition names, and to no others', () => {
    const named = placeholders.filter((key) => key.endsWith('Queue')).map((key) => kebab(key.replace(/Queue$/, '')));
    expect(
      resourcesFor('sqs:SendMessage')
        .map((arn) => arn.split(':').at(-1))
        .sort(),
    ).toEqual(named.sort());
  });

  test('may call the aliases that its definition names, and no others', () => {
    const named = placeholders
      .filter((key) => key.endsWith('Function'))
      .map((key) => kebab(key.replace(/Function$/, '')));
    expect(
      resourcesFor('lambda:InvokeFunction')
        .map((arn) => arn.split(':').slice(-2).join(':'))
        .sort(),
    ).toEqual(named.map((name) => `${name}:live`).sort());
  });

  test('may publish to the bus only if it publishes', () => {
    expect(resourcesFor('events:PutEvents')).toHaveLength(placeholders.includes('Bus') ? 1 : 0);
  });

  test('may do nothing else', () => {
    const known = /^(sqs:SendMessage|lambda:InvokeFunction|events:PutEvents|xray:.*|logs:.*)$/;
    expect(permissions.flatMap(({ actions }) => actions).filter((action) => !known.test(action))).toEqual([]);
  });
});

test('the starter of undo machines may start just those', () => {
  const stack = templateOf(templates, 'Breakwater-Platform');
  const permissions = permissionsOf(resource(stack, 'AWS::IAM::Policy', 'PlatformStartUndo'));
  expect(permissions.filter(({ actions }) => actions[0]?.startsWith('states:'))).toEqual([
    {
      actions: ['states:StartExecution'],
      resources: ['arn:aws:states:eu-west-1:111122223333:stateMachine:undo-fulfil-order'],
    },
    {
      actions: ['states:DescribeExecution', 'states:DescribeStateMachineForExecution'],
      resources: ['arn:aws:states:eu-west-1:111122223333:execution:fulfil-order:*'],
    },
    {
      actions: ['states:DescribeStateMachine'],
      resources: [
        'arn:aws:states:eu-west-1:111122223333:stateMachine:fulfil-order',
        'arn:aws:states:eu-west-1:111122223333:stateMachine:fulfil-order:*',
      ],
    },
  ]);
});

test('inspect-execution may look at executions of workflows, and change nothing', () => {
  const stack = templateOf(templates, 'Breakwater-Platform');
  const permissions = permissionsOf(resource(stack, 'AWS::IAM::Policy', 'Platforminspectexecution'));
  expect(permissions.filter(({ actions }) => !/^(logs|xray):/.test(actions[0] ?? ''))).toEqual([
    {
      actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
      resources: ['arn:aws:states:eu-west-1:111122223333:execution:fulfil-order:*'],
    },
  ]);
});

test('admission starts through the alias live only', () => {
  const stack = templateOf(templates, 'Breakwater-Workflow-fulfil-order');
  const permissions = permissionsOf(resource(stack, 'AWS::IAM::Policy', 'Admission'));
  expect(permissions.find(({ actions }) => actions.includes('states:StartExecution'))).toMatchObject({
    resources: [expect.stringMatching(/^<WorkflowMainMachine/)],
    condition: { 'ForAnyValue:StringEquals': { 'states:StateMachineQualifier': ['live'] } },
  });
});

test('admission may look at executions of its workflow, to compare what they were started with', () => {
  const stack = templateOf(templates, 'Breakwater-Workflow-fulfil-order');
  const permissions = permissionsOf(resource(stack, 'AWS::IAM::Policy', 'Admission'));
  expect(permissions.filter(({ actions }) => actions.includes('states:DescribeExecution'))).toEqual([
    {
      actions: ['states:DescribeExecution'],
      resources: ['arn:aws:states:eu-west-1:111122223333:execution:fulfil-order:*'],
    },
  ]);
});
