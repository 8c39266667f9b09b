import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { type IManagedPolicy, type IRole, PermissionsBoundary, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/** What a construct that owns roles, logs and queues takes from the app that it stands in. */
export interface HostingProps {
  /** Encrypts queues, log groups and environment variables. Left out, keys that AWS owns. */
  readonly encryptionKey?: IKey;
  /** The most that any role made here may ever do. Left out, none. */
  readonly permissionsBoundary?: IManagedPolicy;
  /** How long logs are kept. Left out, a month. */
  readonly logRetention?: RetentionDays;
  /** What becomes of queues and logs when they leave the stack. Left out, they are deleted. */
  readonly removalPolicy?: RemovalPolicy;
}

/** The same, for constructs with Lambda functions. */
export interface FunctionHostingProps extends HostingProps {
  /** The network that functions run in. Left out, none: they reach AWS and the internet, and nothing reaches them. */
  readonly vpc?: IVpc;
  /** Left out, the VPC's private subnets. */
  readonly vpcSubnets?: SubnetSelection;
  /** Left out, a group per function that lets everything out and nothing in. */
  readonly securityGroups?: readonly ISecurityGroup[];
}

/** The part of some props that is about hosting, to pass on to what a construct is made of. */
export function hostingOf(props: FunctionHostingProps): FunctionHostingProps {
  const { encryptionKey, permissionsBoundary, logRetention, removalPolicy, vpc, vpcSubnets, securityGroups } = props;
  return {
    ...(encryptionKey ? { encryptionKey } : {}),
    ...(permissionsBoundary ? { permissionsBoundary } : {}),
    ...(logRetention ? { logRetention } : {}),
    ...(removalPolicy ? { removalPolicy } : {}),
    ...(vpc ? { vpc } : {}),
    ...(vpcSubnets ? { vpcSubnets } : {}),
    ...(securityGroups ? { securityGroups } : {}),
  };
}

/** A log group with an end: one that a service makes for itself keeps everything for ever. */
export function logGroup(scope: Construct, logGroupName: string, hosting: HostingProps): LogGroup {
  const { encryptionKey } = hosting;
  // The key's policy has to let the log service in; for a key of another stack whoever made it does that.
  encryptionKey?.grantEncryptDecrypt(
    new ServicePrincipal(`logs.${Stack.of(scope).region}.amazonaws.com`, {
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': Stack.of(scope).formatArn({
            service: 'logs',
            resource: 'log-group',
            resourceName: logGroupName,
            arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          }),
        },
      },
    }),
  );
  return new LogGroup(scope, 'Logs', {
    logGroupName,
    retention: hosting.logRetention ?? RetentionDays.ONE_MONTH,
    removalPolicy: hosting.removalPolicy ?? RemovalPolicy.DESTROY,
    ...(encryptionKey ? { encryptionKey } : {}),
  });
}

export function bound<Role extends IRole>(role: Role, { permissionsBoundary }: HostingProps): Role {
  if (permissionsBoundary) PermissionsBoundary.of(role).apply(permissionsBoundary);
  return role;
}
