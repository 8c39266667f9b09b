import { Stack, Validations } from 'aws-cdk-lib';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnPolicy } from 'aws-cdk-lib/aws-iam';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';

/** Actions that AWS lets nobody narrow to a resource, and where it says so. */
export interface UnscopedActions {
  readonly actions: readonly string[];
  readonly reason: string;
}

/** Every wildcard resource that a role of this app may have. A test holds all templates to it. */
export const UNSCOPED_ACTIONS: readonly UnscopedActions[] = [
  {
    actions: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
    reason:
      'X-Ray has no resource to narrow these to (Service Authorization Reference, "Actions, resources, and condition keys for AWS X-Ray").',
  },
  {
    actions: [
      'logs:CreateLogDelivery',
      'logs:GetLogDelivery',
      'logs:UpdateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:DescribeResourcePolicies',
      'logs:DescribeLogGroups',
    ],
    reason:
      'CloudWatch Logs supports no resource for log deliveries (Step Functions Developer Guide, "IAM policies for logging to CloudWatch Logs").',
  },
];

const EXECUTIONS =
  'An execution has no name before it starts, so that only all executions of one machine can be allowed.';

const VERSIONS =
  'A version has no number before it is published, so that only all versions of one machine can be allowed.';

/**
 * Explains every finding of cdk-nag that is meant, resource by resource: one that is not explained here fails synth.
 * A wildcard counts as meant only if all its actions are in the list above.
 */
export function acknowledgeFindings(app: IConstruct): void {
  for (const resource of app.node.findAll()) {
    for (const [id, reason] of meant(resource)) Validations.of(resource).acknowledge({ id, reason });
  }
}

function meant(resource: IConstruct): readonly (readonly [id: string, reason: string])[] {
  if (resource instanceof CfnPolicy) return wildcardsOf(resource);
  if (resource instanceof CfnStateMachine) {
    return [
      [
        'AwsSolutions-SF1',
        'Errors are logged. What went well stands in the execution’s history for 90 days, and in the atoms’ logs by correlation id; logged twice it would cost more than the executions.',
      ],
    ];
  }
  if (resource instanceof CfnTable && /-sandbox-/.test(resource.tableName ?? '')) {
    return [['AwsSolutions-DDB3', 'It keeps what played providers did with play money: nobody needs it back.']];
  }
  if (resource instanceof CfnQueue && endsHere(resource)) {
    return [
      [
        'AwsSolutions-SQS3',
        'It is the end of the line itself: nothing receives from it but a person, and an alarm tells them.',
      ],
    ];
  }
  return [];
}

/** Queues that dead letters and refused events end in, other than by SQS's own redrive. */
const endsHere = ({ queueName }: CfnQueue): boolean => /-dead-letters$|^rejected-/.test(queueName ?? '');

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

function wildcardsOf(policy: CfnPolicy): readonly (readonly [id: string, reason: string])[] {
  const { Statement: statements } = Stack.of(policy).resolve(policy.policyDocument) as { Statement: Statement[] };
  return statements.flatMap((statement) =>
    asList(statement.Resource).flatMap((resource) => {
      const text = flatten(resource);
      const id = `AwsSolutions-IAM5[Resource::${text}]`;
      if (text === '*') return reasonsFor(asList(statement.Action)).map((reason) => [id, reason] as const);
      if (/:execution:[\w-]+:\*$/.test(text)) return [[id, EXECUTIONS] as const];
      return /:stateMachine:[\w-]+:\*$/.test(text) ? [[id, VERSIONS] as const] : [];
    }),
  );
}

/** Nothing unless each of the actions is in the list: then the finding stands, and synth fails. */
function reasonsFor(actions: readonly string[]): readonly string[] {
  const found = actions.map((action) => UNSCOPED_ACTIONS.find((each) => each.actions.includes(action)));
  return found.every((each) => each !== undefined) ? [...new Set(found.map((each) => each.reason))] : [];
}

/** A resource as cdk-nag names it in a finding: `arn:<AWS::Partition>:states:…`. */
function flatten(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return String(value);
  if ('Ref' in value) return `<${value.Ref}>`;
  if ('Fn::GetAtt' in value) return `<${asList(value['Fn::GetAtt'] as string[]).join('.')}>`;
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
    return parts.map(flatten).join(separator);
  }
  return JSON.stringify(value);
}

const asList = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);
