import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Alias, Code } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { undoMachineName } from '../asl/index.ts';
import { defaults, inSeconds } from '../contract/index.ts';
import { type FunctionHostingProps, hostingOf } from './hosting.ts';
import { LiveFunction } from './live-function.ts';
import { executionArnsOf, stateMachineArnOf } from './names.ts';

export interface UndoStarterProps extends FunctionHostingProps {
  readonly functionName: string;
  /** The platform's start-undo, bundled. */
  readonly code: Code;
  /** Names of the workflows whose executions it may have undone. */
  readonly workflows: readonly string[];
}

/** Starts the undo machine for executions that ended from outside, once each. One for all workflows. */
export class UndoStarter extends Construct {
  readonly live: Alias;

  constructor(scope: Construct, id: string, props: UndoStarterProps) {
    super(scope, id);
    const { alias, role } = new LiveFunction(this, 'Lambda', {
      ...hostingOf(props),
      functionName: props.functionName,
      description: 'Starts the undo machine of executions that ended without compensating themselves.',
      code: props.code,
      timeoutSeconds: inSeconds(defaults.serviceCallTimeout),
    });
    this.live = alias;
    if (props.workflows.length === 0) return;
    role.addToPolicy(
      new PolicyStatement({
        actions: ['states:StartExecution'],
        resources: props.workflows.map((name) => stateMachineArnOf(this, undoMachineName(name))),
      }),
    );
    role.addToPolicy(
      new PolicyStatement({
        actions: ['states:DescribeExecution', 'states:DescribeStateMachineForExecution'],
        resources: props.workflows.map((name) => executionArnsOf(this, name)),
      }),
    );
  }
}
