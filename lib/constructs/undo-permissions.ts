import { Lazy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { undoMachineName } from '../asl/index.ts';
import type { Names } from './names.ts';

/**
 * What `startUndo` (lib/operations) calls to have executions of some workflows undone.
 * @param workflows asked when the app is synthesised: some may still be to come
 */
export function undoStatements(names: Names, workflows: () => readonly string[]): readonly PolicyStatement[] {
  const lazily = (of: (workflow: string) => readonly string[]): string[] =>
    Lazy.list({ produce: () => workflows().flatMap(of) });
  return [
    new PolicyStatement({
      actions: ['states:StartExecution'],
      resources: lazily((name) => [names.stateMachineArn(undoMachineName(name))]),
    }),
    new PolicyStatement({
      actions: ['states:DescribeExecution', 'states:DescribeStateMachineForExecution'],
      resources: lazily((name) => [names.executionArns(name)]),
    }),
    new PolicyStatement({
      actions: ['states:DescribeStateMachine'],
      resources: lazily((name) => [names.stateMachineArn(name), `${names.stateMachineArn(name)}:*`]),
    }),
  ];
}
