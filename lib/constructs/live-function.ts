import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  type Alias,
  Architecture,
  type Code,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { bound, type FunctionHostingProps, logGroup } from './hosting.ts';
import { LIVE } from './names.ts';

/** A Lambda as Breakwater runs them. */
export interface LiveFunctionProps extends FunctionHostingProps {
  readonly functionName: string;
  readonly description: string;
  /** A bundle that exports `handler` from its index. */
  readonly code: Code;
  readonly timeoutSeconds: number;
  readonly environment?: Readonly<Record<string, string>>;
  /** MiB. Left out, 512: CPU comes with memory, and a cold start is all CPU. */
  readonly memorySize?: number;
  /** Left out, none: a new account may have ten in all. */
  readonly reservedConcurrency?: number;
}

/**
 * A function with its own log group, a role that may do nothing but write to it, tracing, and the alias `live` on the
 * current version. Old versions stay: an alias can be pointed back at them, and what still runs keeps its code.
 */
export class LiveFunction extends Construct {
  readonly function: LambdaFunction;
  /** What everything calls. */
  readonly alias: Alias;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: LiveFunctionProps) {
    super(scope, id);
    const logs = logGroup(this, `/aws/lambda/${props.functionName}`, props);
    // CDK's own role would carry a managed policy that reaches every log group of the account.
    this.role = bound(new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }), props);
    logs.grantWrite(this.role);
    if (props.vpc) this.role.addToPolicy(networkInterfaces());
    this.function = new LambdaFunction(this, 'Function', {
      functionName: props.functionName,
      description: props.description,
      code: props.code,
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize ?? 512,
      timeout: Duration.seconds(props.timeoutSeconds),
      environment: { NODE_OPTIONS: '--enable-source-maps', ...props.environment },
      role: this.role,
      logGroup: logs,
      tracing: Tracing.ACTIVE,
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
      ...(props.encryptionKey ? { environmentEncryption: props.encryptionKey } : {}),
      ...(props.reservedConcurrency ? { reservedConcurrentExecutions: props.reservedConcurrency } : {}),
      ...(props.vpc ? { vpc: props.vpc } : {}),
      ...(props.vpcSubnets ? { vpcSubnets: props.vpcSubnets } : {}),
      ...(props.securityGroups ? { securityGroups: [...props.securityGroups] } : {}),
    });
    this.alias = this.function.addAlias(LIVE);
  }
}

/** AWS allows none of these to be narrowed: Lambda makes and deletes the interfaces itself. */
const networkInterfaces = (): PolicyStatement =>
  new PolicyStatement({
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  });
