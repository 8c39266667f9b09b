import { Stack } from 'aws-cdk-lib';
import { type IPrincipal, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** EventBridge on behalf of this account: without the condition, another account's rule would pass for one of ours. */
export const eventsOfThisAccount = (scope: Construct): IPrincipal =>
  new ServicePrincipal('events.amazonaws.com', {
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
  });

/**
 * A queue as a rule's target whose own policy lets the rules of the account in. By its ARN: CDK would add a statement a
 * rule to it, which ties the queue's stack to the rule's, and of which SQS takes twenty.
 */
export const targetQueue = (scope: Construct, { queueArn }: IQueue): IQueue =>
  Queue.fromQueueArn(scope, 'Target', queueArn);
