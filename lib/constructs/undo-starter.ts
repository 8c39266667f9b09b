import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { defaults, inSeconds } from '../contract/index.ts';
import { receiveStatement } from './atom-permissions.ts';
import { type FunctionHostingProps, hostingOf } from './hosting.ts';
import { LiveFunction } from './live-function.ts';
import { type Names, ruleArnsOf } from './names.ts';
import { undoStatements } from './undo-permissions.ts';
import { WorkQueue } from './work-queue.ts';

export interface UndoStarterProps extends FunctionHostingProps {
  readonly names: Names;
  /** The platform's start-undo, bundled. */
  readonly code: Code;
  /** Names of the workflows whose executions it may have undone. */
  readonly workflows: () => readonly string[];
  /** Hears of undos that could not be started. */
  readonly operators: ITopic;
}

/**
 * Starts the undo machine for executions that ended from outside, once each. One for all workflows. Their rules tell
 * its queue: a function that a rule calls itself is tried three times within minutes, and then the event is gone.
 */
export class UndoStarter extends Construct {
  /** What the rules of workflows send to. Every rule of the account may. */
  readonly queue: IQueue;

  constructor(scope: Construct, id: string, props: UndoStarterProps) {
    super(scope, id);
    const functionName = props.names.of('start-undo');
    const timeoutSeconds = inSeconds(defaults.serviceCallTimeout);
    const { queue } = new WorkQueue(this, 'Work', {
      ...hostingOf(props),
      queueName: functionName,
      visibilitySeconds: defaults.visibilityFactor * timeoutSeconds,
      maxReceiveCount: RECEIVES,
      operators: props.operators,
      deadLetterDescription: `Executions have ended from outside and their undo could not be started in ${RECEIVES} deliveries over hours. The messages name them, and nothing of them is undone; mend the cause and move them back.`,
    });
    this.queue = queue;
    queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { ArnLike: { 'aws:SourceArn': ruleArnsOf(this) } },
      }),
    );
    props.encryptionKey?.grantEncryptDecrypt(new ServicePrincipal('events.amazonaws.com'));
    const { alias, role } = new LiveFunction(this, 'Lambda', {
      ...hostingOf(props),
      functionName,
      description: 'Starts the undo machine of executions that ended without compensating themselves.',
      code: props.code,
      timeoutSeconds,
    });
    role.addToPolicy(receiveStatement(queue.queueArn));
    props.encryptionKey?.grantEncryptDecrypt(role);
    alias.addEventSourceMapping('Queue', {
      eventSourceArn: queue.queueArn,
      batchSize: 1,
      reportBatchItemFailures: true,
      maxConcurrency: MAX_CONCURRENCY,
    });
    for (const statement of undoStatements(props.names, props.workflows)) role.addToPolicy(statement);
  }
}

/**
 * An undo must be started: with a visibility of three minutes these are five hours, more than a disturbance of
 * Step Functions takes, or a bulk stop that waits for its quotas.
 */
const RECEIVES = 100;

/** The fewest that AWS allows: DescribeExecution is given back 10 to 15 calls a second ("Quotas", developer guide). */
const MAX_CONCURRENCY = 2;
