import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { undoMachineName } from '../asl/index.ts';
import { RESULT_ATTRIBUTES } from '../contract/index.ts';
import type { Names } from './names.ts';
import { undoStatements } from './undo-permissions.ts';

export interface ClientUse {
  readonly names: Names;
  /** As its plan calls it. */
  readonly workflowName: string;
  /** The table that keeps how its executions ended. Left out, none does. */
  readonly records?: ITable;
}

/**
 * Lets somebody do what `breakwater/client` does beside starting: find the workflow, wait for results, look at
 * executions, and stop them.
 */
export function grantClientUse({ grantPrincipal }: IGrantable, { names, workflowName, records }: ClientUse) {
  const executions = names.executionArns(workflowName);
  const statements = [
    new PolicyStatement({
      actions: ['ssm:GetParameter'],
      resources: [names.parameterArn(workflowName)],
    }),
    ...(records ? [resultStatement(records.tableArn, [`${workflowName}:*`])] : []),
    new PolicyStatement({ actions: ['states:StopExecution'], resources: [executions] }),
    ...undoStatements(names, () => [workflowName]),
    new PolicyStatement({
      actions: ['states:DescribeExecution'],
      resources: [names.executionArns(undoMachineName(workflowName))],
    }),
  ];
  for (const statement of statements) grantPrincipal.addToPrincipalPolicy(statement);
  records?.encryptionKey?.grantDecrypt(grantPrincipal);
}

/**
 * Rows of some workflows' executions, and of these nothing but what a result is made of: IAM knows no sort keys, and what
 * went into the steps and came out of them stays private.
 * Source: "Using IAM policy conditions for fine-grained access control" (DynamoDB developer guide).
 */
export const resultStatement = (tableArn: string, partitions: readonly string[]): PolicyStatement =>
  new PolicyStatement({
    actions: ['dynamodb:BatchGetItem'],
    resources: [tableArn],
    conditions: {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions },
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': [...RESULT_ATTRIBUTES] },
      StringEqualsIfExists: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
      // Of a key that a request does not have, ForAllValues says that all is well.
      Null: { 'dynamodb:LeadingKeys': 'false', 'dynamodb:Attributes': 'false' },
    },
  });
