import { describe, expect, test } from '@jest/globals';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { dependency } from '../../lib/contract/index.ts';
import { EMULATOR_DIFFERENCES, LeaveOut } from '../../lib/local/deployment/index.ts';
import { checkPolicies } from '../../lib/stacks/policy-checks.ts';
import { everything, found, makeApp, synthesise, templateOf, templatesOf } from './house.ts';
import { resource, resourcesOf, text } from './resources.ts';

const templates = synthesise();

describe('the app knows no domain', () => {
  const platformOnly = {
    ...found,
    atoms: found.atoms.filter(({ domain }) => domain === 'platform'),
    workflows: [],
  };

  test('without orders there are the data, the platform and the sandbox', () => {
    expect([...synthesise({}, platformOnly).keys()].sort()).toEqual([
      'Breakwater-Data',
      'Breakwater-Platform',
      'Breakwater-Sandbox',
    ]);
  });

  test('the sandbox plays a dependency of which it knows nothing but the name', () => {
    const [atom] = found.atoms;
    if (!atom) throw new Error('There is no atom.');
    const contract = { ...atom.contract, name: 'print-label', dependency: dependency('labels') };
    const templates = synthesise({}, { ...found, atoms: [...found.atoms, { ...atom, domain: 'orders', contract }] });
    const played = resource(templateOf(templates, 'Breakwater-Sandbox'), 'AWS::Lambda::Function', 'labels');
    expect(played.Properties.FunctionName).toBe('sandbox-labels');
    const { Variables } = resource(
      templateOf(templates, 'Breakwater-Atoms-orders'),
      'AWS::Lambda::Function',
      'printlabel',
    ).Properties.Environment;
    expect(text(Variables.LABELS_URL)).toContain('Breakwater-Sandbox');
  });

  test('without the sandbox, a dependency that nobody serves is refused with what to set', () => {
    expect(() => makeApp({ sandbox: false })).toThrow(
      'book-shipment depends on "carrier", and nothing says where that answers. Set it in cdk.json: "context": { "dependencies": { "carrier": { "url": "https://…", "key": "…" } } }.',
    );
  });

  test('real providers take the sandbox’s place', () => {
    const dependencies = JSON.stringify({
      payments: { url: 'https://payments.example.com', key: '{{resolve:secretsmanager:payments}}' },
      carrier: { url: 'https://carrier.example.com', key: 'k' },
    });
    const atoms = templateOf(synthesise({ sandbox: 'false', dependencies }), 'Breakwater-Atoms-orders');
    expect(resource(atoms, 'AWS::Lambda::Function', 'chargepayment').Properties.Environment.Variables).toMatchObject({
      PAYMENTS_URL: 'https://payments.example.com',
      PAYMENTS_KEY: '{{resolve:secretsmanager:payments}}',
    });
  });
});

test('stacks are deployed in an order in which nothing waits for what is not there', () => {
  const order = Object.fromEntries(
    makeApp()
      .synth()
      .stacks.map((stack) => [
        stack.stackName,
        stack.dependencies
          .map(({ id }) => id)
          .filter((id) => !id.endsWith('.assets'))
          .sort(),
      ]),
  );
  expect(order).toEqual({
    'Breakwater-Data': [],
    'Breakwater-Sandbox': [],
    'Breakwater-Platform': ['Breakwater-Data'],
    'Breakwater-Atoms-orders': ['Breakwater-Data', 'Breakwater-Platform', 'Breakwater-Sandbox'],
    'Breakwater-Workflow-fulfil-order': ['Breakwater-Atoms-orders', 'Breakwater-Data', 'Breakwater-Platform'],
  });
});

test('what a workflow costs can be told by its tag', () => {
  const machine = resource(
    templateOf(templates, 'Breakwater-Workflow-fulfil-order'),
    'AWS::StepFunctions::StateMachine',
    'WorkflowMain',
  );
  expect(machine.Properties.Tags).toEqual([
    { Key: 'breakwater:app', Value: 'breakwater' },
    { Key: 'breakwater:domain', Value: 'orders' },
    { Key: 'breakwater:workflow', Value: 'fulfil-order' },
  ]);
});

test('alarms may publish to the operators’ topic, and only over TLS may anybody', () => {
  const platform = templateOf(templates, 'Breakwater-Platform');
  const statements = resource(platform, 'AWS::SNS::TopicPolicy').Properties.PolicyDocument.Statement;
  expect(statements).toMatchObject([
    { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
    {
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    },
  ]);
});

describe('AWS’s own rules', () => {
  const checked = (change: (app: ReturnType<typeof makeApp>) => void = () => undefined) => {
    const app = makeApp({}, everything);
    change(app);
    checkPolicies(app);
    return () => app.synth();
  };

  test('find nothing that is not explained', () => {
    expect(checked()).not.toThrow();
  });

  test('find a wildcard that AWS does not ask for', () => {
    const withWildcard = checked((app) => {
      const role = app.node.findAll().find((each): each is Role => each instanceof Role);
      role?.addToPrincipalPolicy(new PolicyStatement({ actions: ['s3:GetObject'], resources: ['*'] }));
    });
    expect(withWildcard).toThrow("Acknowledge with 'AwsSolutions::AwsSolutions-IAM5[Resource::*]'");
  });
});

describe('emulators', () => {
  const onTarget = (target: 'emulator' | 'localstack') => {
    const app = makeApp({ target });
    const leftOut = LeaveOut.from(app, EMULATOR_DIFFERENCES[target]);
    return { templates: templatesOf(app), report: leftOut.report(target) };
  };
  const json = (of: ReturnType<typeof synthesise>) =>
    Object.fromEntries([...of].map(([name, each]) => [name, each.toJSON()]));

  test('MiniStack gets exactly what AWS gets, so nothing is reported', () => {
    const emulator = onTarget('emulator');
    expect(emulator.report).toBeUndefined();
    expect(json(emulator.templates)).toEqual(json(templates));
  });

  test('LocalStack gets all but the types on the list, and the report names each with its reason', () => {
    const { templates: local, report } = onTarget('localstack');
    const typesOf = (of: ReturnType<typeof synthesise>) =>
      [...of.values()].flatMap((each) => resourcesOf(each).map(({ Type }) => Type));
    const missing = new Set(typesOf(templates).filter((type) => !typesOf(local).includes(type)));
    expect([...missing].sort()).toEqual([
      'AWS::CloudWatch::CompositeAlarm',
      'AWS::Events::Archive',
      'AWS::StepFunctions::StateMachineAlias',
      'AWS::StepFunctions::StateMachineVersion',
    ]);
    expect(typesOf(templates).length - typesOf(local).length).toBe(10);
    for (const { type, reason } of EMULATOR_DIFFERENCES.localstack) expect(report).toContain(`${type} (${reason})`);
  });

  test('without the alias, the machine itself is what applications start', () => {
    const workflow = templateOf(onTarget('localstack').templates, 'Breakwater-Workflow-fulfil-order');
    const address = JSON.parse(text(resource(workflow, 'AWS::SSM::Parameter').Properties.Value));
    expect(address.liveArn).toBe(address.stateMachineArn);
  });
});
