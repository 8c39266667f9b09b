import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, type ITable, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { type IVpc, Vpc } from 'aws-cdk-lib/aws-ec2';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { z } from 'zod';
import { parkSteps } from '../../lambdas/platform/park-steps/contract.ts';
import { Admission, Atom, type AtomContract, Platform, Workflow } from '../../lib/constructs/index.ts';
import {
  contract,
  days,
  dependency,
  event,
  keyed,
  mail,
  minutes,
  table,
  transaction,
} from '../../lib/contract/index.ts';
import { workflow } from '../../lib/workflow/index.ts';
import { foreignApp as unchecked } from './foreign.ts';
import { permissionsOf, resource, resourcesOf } from './resources.ts';

const folder = mkdtempSync(join(tmpdir(), 'breakwater-alone-'));
writeFileSync(join(folder, 'index.mjs'), 'export const handler = () => undefined;\n');
const code = Code.fromAsset(folder);

const claims = table('claims', { partitionKey: 'claimId' });
const openClaim = contract({
  name: 'open-claim',
  version: '2.1.0',
  summary: 'Opens a claim.',
  input: z.object({ claimId: z.string() }),
  output: z.object({ number: z.string() }),
  effect: transaction,
  uses: [claims.allow('PutItem')],
});
const claimFiled = event({ name: 'claim-filed', version: '1.0.0', payload: z.object({ claimId: z.string() }) });
const settleClaim = workflow('settle-claim', claimFiled, {
  version: '1.0.0',
  deadline: minutes(5),
  slo: { availability: 0.99 },
})
  .step('opened', openClaim, ({ input }) => ({ claimId: input.claimId }))
  .returns(({ opened }) => opened.number);

/** Somebody's own app: a stack with its tables, its bus, its key, its network, its permissions boundary. */
function foreignApp() {
  const stack = new Stack(unchecked(), 'Theirs');
  const encryptionKey = new Key(stack, 'Key') as IKey;
  // CDK's own classes don't satisfy its interfaces under exactOptionalPropertyTypes.
  const own = (id: string, partition: string, sort?: string): ITable =>
    new Table(stack, id, {
      partitionKey: { name: partition, type: AttributeType.STRING },
      ...(sort ? { sortKey: { name: sort, type: AttributeType.STRING } } : {}),
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey,
    }) as ITable;
  const platform = new Platform(stack, 'Breakwater', {
    encryptionKey,
    vpc: new Vpc(stack, 'Vpc', { maxAzs: 2 }) as IVpc,
    permissionsBoundary: ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'TheirBoundary'),
    logRetention: RetentionDays.ONE_YEAR,
    records: own('TheirRecords', 'execution', 'step'),
    operators: new Topic(stack, 'TheirTopic') as ITopic,
    bus: new EventBus(stack, 'TheirBus') as IEventBus,
    code: () => code,
  });
  const atom = new Atom(stack, 'OpenClaim', {
    platform,
    contract: openClaim,
    code,
    tables: { claims: own('TheirClaims', 'claimId') },
  });
  const deployed = new Workflow(stack, 'SettleClaim', { platform, workflow: settleClaim, atoms: [atom] });
  new Admission(stack, 'Admission', { platform, workflow: settleClaim, deployed, code });
  return { stack, deployed };
}

const BOUNDARY = {
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':policy/TheirBoundary']],
};

describe('constructs in somebody’s own app', () => {
  const { stack, deployed } = foreignApp();
  const starter = new Role(stack, 'Checkout', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  deployed.grantStart(starter);
  const template = Template.fromStack(stack);
  const ownRoles = resourcesOf(template, 'AWS::IAM::Role').filter(({ id }) => !/^(Their|Checkout|Vpc|Custom)/.test(id));
  const ownFunctions = resourcesOf(template, 'AWS::Lambda::Function').filter(
    ({ Properties }) => Properties.FunctionName,
  );

  test('make no table and no bus', () => {
    expect(resourcesOf(template, 'AWS::DynamoDB::Table').map(({ id }) => id.replace(/[0-9A-F]{8}$/, ''))).toEqual([
      'TheirRecords',
      'TheirClaims',
    ]);
    expect(resourcesOf(template, 'AWS::Events::EventBus')).toHaveLength(1);
  });

  test('use the app’s table by its name', () => {
    const { Variables } = resource(template, 'AWS::Lambda::Function', 'OpenClaim').Properties.Environment;
    expect(Variables).toMatchObject({
      RECORDS_TABLE: { Ref: expect.stringMatching(/^TheirRecords/) },
      CLAIMS_TABLE: { Ref: expect.stringMatching(/^TheirClaims/) },
    });
  });

  test('give an atom’s name its major version, and the older one stays beside it', () => {
    expect(resource(template, 'AWS::Lambda::Function', 'OpenClaim').Properties.FunctionName).toBe('open-claim-v2');
  });

  test('bind every role to the permissions boundary', () => {
    expect(ownRoles.length).toBe(10);
    for (const { Properties } of ownRoles) expect(Properties.PermissionsBoundary).toEqual(BOUNDARY);
  });

  test('encrypt queues, logs and environments with the app’s key', () => {
    const key = { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] };
    for (const { Properties } of resourcesOf(template, 'AWS::SQS::Queue'))
      expect(Properties.KmsMasterKeyId).toEqual(key);
    for (const { Properties } of resourcesOf(template, 'AWS::Logs::LogGroup')) {
      expect(Properties).toMatchObject({ KmsKeyId: key, RetentionInDays: 365 });
    }
    for (const { Properties } of ownFunctions) expect(Properties.KmsKeyArn).toEqual(key);
  });

  test('let those use the key who read and write with it', () => {
    for (const role of [
      'OpenClaim',
      'SettleClaimMain',
      'Admission',
      'BreakwaterStartUndo',
      'BreakwaterAnswer',
      'BreakwaterSweep',
    ]) {
      const actions = permissionsOf(resource(template, 'AWS::IAM::Policy', role)).flatMap((each) => each.actions);
      expect(actions).toContain('kms:Decrypt');
    }
  });

  test('run functions in the app’s network', () => {
    expect(ownFunctions).toHaveLength(8);
    for (const { Properties } of ownFunctions) expect(Properties.VpcConfig.SubnetIds).toHaveLength(2);
  });

  test('let the caller start the alias, and nothing else', () => {
    expect(permissionsOf(resource(template, 'AWS::IAM::Policy', 'Checkout'))).toEqual([
      {
        actions: ['states:StartExecution'],
        resources: [expect.stringMatching(/^<SettleClaimMainMachine/)],
        condition: { 'ForAnyValue:StringEquals': { 'states:StateMachineQualifier': ['live'] } },
      },
    ]);
  });

  test('reach an atom of another stack by its name', () => {
    const undo = resource(template, 'AWS::StepFunctions::StateMachine', 'SettleClaimMain').Properties
      .DefinitionSubstitutions;
    expect(undo.OpenClaimV2Queue).toEqual({ Ref: expect.stringMatching(/^OpenClaimWorkQueue/) });
  });
});

describe('what is missing is named, with what to pass and where', () => {
  const provider = dependency('payments');
  const base = { name: 'x', version: '1.0.0', summary: 'x', input: z.object({}), output: z.object({}) } as const;
  const effect = keyed({ keyLifetime: days(1) });
  test.each<[string, AtomContract, string]>([
    [
      'a table',
      openClaim,
      'open-claim@2.1.0 uses the table "claims". Pass tables: { \'claims\': … } to its Atom. [Stack/Atom]',
    ],
    [
      'a provider',
      contract({ ...base, effect, dependency: provider }),
      'x@1.0.0 depends on payments. Pass dependency: { url, key } to its Atom. [Stack/Atom]',
    ],
    [
      'an address',
      contract({ ...base, effect, uses: [mail] }),
      "x@1.0.0 sends mail. Pass mailFrom: 'orders@example.com' to its Atom. [Stack/Atom]",
    ],
  ])('%s', (_, missing, message) => {
    const stack = new Stack(unchecked(), 'Stack');
    const platform = new Platform(stack, 'Breakwater');
    expect(() => new Atom(stack, 'Atom', { platform, contract: missing, code })).toThrow(message);
  });

  test('an atom that the workflow uses', () => {
    const stack = new Stack(unchecked(), 'Stack');
    const platform = new Platform(stack, 'Breakwater');
    expect(() => new Workflow(stack, 'Workflow', { platform, workflow: settleClaim, atoms: [] })).toThrow(
      'The workflow uses open-claim@2.1.0, which is not among its atoms: none. Add it to atoms. [Stack/Workflow/Undo]',
    );
  });

  test.each([
    [{}, "Its handler is given by neither code nor entry. Pass entry: 'lambda/handler.ts', which is bundled"],
    [{ code, entry: 'lambda/claim.ts' }, 'Its handler is given by both code and entry.'],
    [{ entry: 'lambda/claim.ts' }, 'Its entry lambda/claim.ts does not exist; looked for /'],
  ])('a handler, where its props are %j', (given, message) => {
    const stack = new Stack(unchecked(), 'Stack');
    const platform = new Platform(stack, 'Breakwater');
    const atom = () => new Atom(stack, 'Atom', { platform, contract: parkSteps, ...given });
    expect(atom).toThrow(message);
  });
});

describe('an atom of another stack whose queue has a key of its own', () => {
  const machineMay = (encryptionKey?: IKey) => {
    const stack = new Stack(unchecked(), 'Stack');
    const atom = Atom.fromContract(stack, 'OpenClaim', openClaim, encryptionKey ? { encryptionKey } : {});
    const role = new Role(stack, 'Machine', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    atom.grantSend(role);
    return permissionsOf(resource(Template.fromStack(stack), 'AWS::IAM::Policy', 'Machine'));
  };

  test('lets who sends to it use that key', () => {
    const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/1234';
    const key = Key.fromKeyArn(new Stack(unchecked(), 'Theirs'), 'Key', keyArn);
    expect(machineMay(key)).toMatchObject([
      { actions: ['sqs:SendMessage'] },
      { actions: expect.arrayContaining(['kms:Decrypt', 'kms:GenerateDataKey*']), resources: [keyArn] },
    ]);
  });

  test('and without one nobody needs any', () => {
    expect(machineMay()).toMatchObject([{ actions: ['sqs:SendMessage'] }]);
  });
});

describe('what is reserved for an atom', () => {
  const reserving = (reservedConcurrency: number) => () => {
    const stack = new Stack(unchecked(), 'Stack');
    const platform = new Platform(stack, 'Breakwater');
    return new Atom(stack, 'ParkSteps', {
      platform,
      contract: parkSteps,
      code: Code.fromAsset(folder),
      reservedConcurrency,
    });
  };

  test.each([5, 10])('is refused if its queue may use it all (%d)', (reservedConcurrency) => {
    expect(reserving(reservedConcurrency)).toThrow(
      `park-steps@1.0.0 reserves a concurrency of ${reservedConcurrency}, and its queue may use 10: settling its steps would find no place. Pass a reservedConcurrency above 10 to its Atom, or a maxConcurrency below ${reservedConcurrency} (AWS allows 2 to 1,000). [Stack/ParkSteps]`,
    );
  });

  test('is taken if it leaves room to settle', () => {
    expect(reserving(11)).not.toThrow();
  });
});
