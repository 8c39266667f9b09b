import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { grantClientUse } from '../../../lib/constructs/client-permissions.ts';
import { Names } from '../../../lib/constructs/index.ts';
import { permissionsOf, resource } from '../../templates/resources.ts';
import { WORKFLOW } from '../harness.ts';
import { type Open, onEmulator } from './side-by-side.ts';

/** What a role allows that no call of the function's own code needs: Lambda itself uses it, and the proxy can't see it. */
const USED_BY_LAMBDA = /^(logs|xray):|^sqs:(ReceiveMessage|DeleteMessage|GetQueueAttributes)$/;

/** What a role allows for cases that happen to some atoms in these tests, and may happen to any. */
const FOR_RARE_CASES: Readonly<Record<string, string>> = {
  'sqs:ChangeMessageVisibility': 'a message that meets a running attempt waits for the end of its lease',
  'sqs:SendMessage': 'a malformed message goes to the dead-letter queue at once',
  'sqs:GetQueueUrl': 'a dead letter whose step was never attempted is enqueued once more',
  'states:SendTaskFailure': 'an attempt fails',
  'dynamodb:GetItem': 'a stale message is looked up before it is left unstarted',
  'states:DescribeStateMachineForExecution': 'an execution that was started without a version',
  'dynamodb:PutItem': 'settle fences a step that was never attempted',
};

/** Under what name the proxy sees an application that uses `lib/client`. */
export const CLIENT = 'client';

interface DeployedTemplate {
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties?: Record<string, unknown> }>
  >;
}

/** Runs last: what the functions called in all tests before is what their roles have to allow. */
export function permissions(harness: Open): void {
  describe("a function's role", () => {
    onEmulator('allows what the function was seen to call, and nothing else', () => {
      const recorded = harness().faults.recorded();
      const allowed = new Map([...allowedActions(harness().target.endpoint ?? ''), [CLIENT, clientActions()]]);
      expect([...recorded.keys()].filter((name) => !allowed.has(name))).toEqual([]);
      const differences = [...allowed].flatMap(([name, actions]) => {
        const called = new Set(recorded.get(name)?.keys() ?? []);
        const own = [...actions].filter((action) => !USED_BY_LAMBDA.test(action));
        const missing = [...called]
          .filter((action) => !actions.has(action))
          .map((action) => `${name} calls ${action} and may not`);
        const idle = own
          .filter((action) => !called.has(action) && !(action in FOR_RARE_CASES))
          .map((action) => `${name} may ${action} and never calls it`);
        return [...missing, ...idle];
      });
      expect(differences).toEqual([]);
    });
  });
}

/** Actions by function name, from the templates that were deployed. */
function allowedActions(endpoint: string): ReadonlyMap<string, ReadonlySet<string>> {
  const folder = join(
    import.meta.dirname,
    '..',
    '..',
    '..',
    'build',
    'assemblies',
    new URL(endpoint).host.replace(':', '-'),
  );
  const found = new Map<string, ReadonlySet<string>>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.template.json'))) {
    const { Resources } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as DeployedTemplate;
    for (const { Type, Properties = {} } of Object.values(Resources)) {
      if (Type !== 'AWS::Lambda::Function') continue;
      const [role = ''] = (Properties.Role as { 'Fn::GetAtt': readonly string[] })['Fn::GetAtt'];
      found.set(String(Properties.FunctionName), new Set(actionsOf(Resources, role)));
    }
  }
  return found;
}

/** What `Workflow.grantUse` allows an application. */
function clientActions(): ReadonlySet<string> {
  const stack = new Stack(new App(), 'Application');
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const records = Table.fromTableName(stack, 'Records', 'records');
  grantClientUse(role, { names: new Names(stack), workflowName: WORKFLOW, records });
  const policy = resource(Template.fromStack(stack), 'AWS::IAM::Policy');
  return new Set(permissionsOf(policy).flatMap(({ actions }) => actions));
}

function actionsOf(resources: DeployedTemplate['Resources'], role: string): readonly string[] {
  const inline = (resources[role]?.Properties?.Policies ?? []) as readonly { PolicyDocument: PolicyDocument }[];
  const attached = Object.values(resources)
    .filter(
      ({ Type, Properties }) => Type === 'AWS::IAM::Policy' && JSON.stringify(Properties?.Roles).includes(`"${role}"`),
    )
    .map(({ Properties }) => Properties as unknown as { PolicyDocument: PolicyDocument });
  return [...inline, ...attached].flatMap(({ PolicyDocument }) =>
    PolicyDocument.Statement.flatMap(({ Action }) => Action),
  );
}

interface PolicyDocument {
  readonly Statement: readonly { readonly Action: string | readonly string[] }[];
}
