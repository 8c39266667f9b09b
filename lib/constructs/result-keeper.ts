import { Lazy } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { defaults, inSeconds } from '../contract/index.ts';
import { itemStatement, receiveStatement } from './atom-permissions.ts';
import { type FunctionHostingProps, hostingOf } from './hosting.ts';
import { LiveFunction } from './live-function.ts';
import { type Names, ruleArnsOf } from './names.ts';
import { WorkQueue } from './work-queue.ts';

export interface ResultKeeperProps extends FunctionHostingProps {
  readonly names: Names;
  /** The platform's keep-result, bundled. */
  readonly code: Code;
  /** Names of the workflows whose ends it may keep. */
  readonly workflows: () => readonly string[];
  readonly records: ITable;
  /** Hears of ends that could not be kept. */
  readonly operators: ITopic;
}

/**
 * Keeps how executions ended as rows that many clients can wait for at a time. One for all workflows.
 *
 * A million ends cost some $2: 3 SQS requests each ($0.40 a million, fewer when busy), a Lambda call for up to ten of
 * them, and a DynamoDB write unit ($0.625 a million) for each KB of output, of which most have one.
 */
export class ResultKeeper extends Construct {
  /** Every rule of the account may send to it. */
  readonly queue: IQueue;

  constructor(scope: Construct, id: string, props: ResultKeeperProps) {
    super(scope, id);
    const { names, workflows, records, encryptionKey } = props;
    const functionName = names.of('keep-result');
    const timeoutSeconds = inSeconds(defaults.serviceCallTimeout);
    const { queue } = new WorkQueue(this, 'Work', {
      ...hostingOf(props),
      queueName: functionName,
      visibilitySeconds: defaults.visibilityFactor * timeoutSeconds,
      maxReceiveCount: RECEIVES,
      operators: props.operators,
      deadLetterDescription: `Executions have ended and it could not be kept in ${RECEIVES} deliveries over an hour. The messages name them; nothing of them is lost, but clients that wait for them ask Step Functions, whose quota is small. Mend the cause and move them back.`,
    });
    queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        conditions: { ArnLike: { 'aws:SourceArn': ruleArnsOf(this) } },
      }),
    );
    encryptionKey?.grantEncryptDecrypt(new ServicePrincipal('events.amazonaws.com'));
    const { alias, role } = new LiveFunction(this, 'Lambda', {
      ...hostingOf(props),
      functionName,
      description: 'Keeps how executions ended, for clients that wait.',
      code: props.code,
      timeoutSeconds,
      environment: { RECORDS_TABLE: records.tableName },
    });
    role.addToPolicy(receiveStatement(queue.queueArn));
    encryptionKey?.grantEncryptDecrypt(role);
    records.encryptionKey?.grantEncryptDecrypt(role);
    alias.addEventSourceMapping('Queue', {
      eventSourceArn: queue.queueArn,
      batchSize: BATCH_SIZE,
      reportBatchItemFailures: true,
      maxConcurrency: MAX_CONCURRENCY,
    });
    const lazily = (of: (workflow: string) => string): string[] => Lazy.list({ produce: () => workflows().map(of) });
    role.addToPolicy(
      itemStatement(
        ['PutItem'],
        records.tableArn,
        lazily((name) => `${name}:*`),
      ),
    );
    const resources = lazily((name) => names.executionArns(name));
    role.addToPolicy(new PolicyStatement({ actions: ['states:DescribeExecution'], resources }));
    this.queue = queue;
  }
}

/** With a visibility of three minutes, an hour: afterwards hardly anybody waits any more. */
const RECEIVES = 20;

/** SQS's own maximum without a batching window. Each end is a write of its own: a batch's would have no condition. */
const BATCH_SIZE = 10;

/** The fewest that AWS allows: twice ten writes at a time are several hundred ends a second. */
const MAX_CONCURRENCY = 2;
