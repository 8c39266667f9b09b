import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/** Whether the account behind an endpoint has been prepared for CDK: `cdk bootstrap` need not run again. */
export async function isBootstrapped(client: CloudFormationClient): Promise<boolean> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'CDKToolkit' }));
    return /^(CREATE|UPDATE)_COMPLETE$/.test(Stacks?.[0]?.StackStatus ?? '');
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError') return false; // there is no such stack
    throw error;
  }
}
