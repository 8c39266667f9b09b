import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { defaults, inSeconds } from '../contract/index.ts';
import { receiveStatement } from './atom-permissions.ts';
import { eventsOfThisAccount } from './events-principal.ts';
import { type FunctionHostingProps, hostingOf } from './hosting.ts';
import { LiveFunction } from './live-function.ts';
import { ruleArnsOf } from './names.ts';
import { WorkQueue } from './work-queue.ts';

export interface RuleWorkerProps extends FunctionHostingProps {
  /** The physical name of the function and of its queue. */
  readonly functionName: string;
  readonly description: string;
  readonly code: Code;
  readonly environment?: Readonly<Record<string, string>>;
  /** Messages at a time, 1 to 10. */
  readonly batchSize: number;
  /** Deliveries before a message is a dead letter, up to 1,000. */
  readonly maxReceiveCount: number;
  readonly operators: ITopic;
  /** What a dead letter in it means and what to do about it. */
  readonly deadLetterDescription: string;
}

/**
 * One of the platform's Lambdas that rules tell by its queue: a function that a rule calls itself is tried three times
 * within minutes, and then the event is gone. Every rule of the account may send to the queue, and nobody else: so that
 * workflows may come from other stacks, and however many there are, the queue's policy stays the same.
 */
export class RuleWorker extends Construct {
  readonly queue: IQueue;
  readonly role: LiveFunction['role'];

  constructor(scope: Construct, id: string, props: RuleWorkerProps) {
    super(scope, id);
    const { functionName, description, code, environment, batchSize, encryptionKey } = props;
    const timeoutSeconds = inSeconds(defaults.serviceCallTimeout);
    const { queue } = new WorkQueue(this, 'Work', {
      ...hostingOf(props),
      queueName: functionName,
      visibilitySeconds: defaults.visibilityFactor * timeoutSeconds,
      maxReceiveCount: props.maxReceiveCount,
      operators: props.operators,
      deadLetterDescription: props.deadLetterDescription,
    });
    queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { ArnLike: { 'aws:SourceArn': ruleArnsOf(this) } },
      }),
    );
    encryptionKey?.grantEncryptDecrypt(eventsOfThisAccount(this));
    const { alias, role } = new LiveFunction(this, 'Lambda', {
      ...hostingOf(props),
      functionName,
      description,
      code,
      timeoutSeconds,
      ...(environment ? { environment } : {}),
    });
    role.addToPolicy(receiveStatement(queue.queueArn));
    encryptionKey?.grantEncryptDecrypt(role);
    alias.addEventSourceMapping('Queue', {
      eventSourceArn: queue.queueArn,
      batchSize,
      reportBatchItemFailures: true,
      maxConcurrency: MAX_CONCURRENCY,
    });
    this.queue = queue;
    this.role = role;
  }
}

/**
 * The fewest that AWS allows. Starting undos waits for Step Functions, which gives DescribeExecution back 10 to 15 times
 * a second ("Quotas", developer guide); keeping ends, twice ten at a time are several hundred a second.
 */
const MAX_CONCURRENCY = 2;
