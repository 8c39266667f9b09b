import { Lazy } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { itemStatement } from './atom-permissions.ts';
import { type FunctionHostingProps, hostingOf } from './hosting.ts';
import type { Names } from './names.ts';
import { RuleWorker } from './rule-worker.ts';

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
  /** What the rules of workflows send to. */
  readonly queue: IQueue;

  constructor(scope: Construct, id: string, props: ResultKeeperProps) {
    super(scope, id);
    const { names, code, operators, records, workflows } = props;
    const { queue, role } = new RuleWorker(this, 'Worker', {
      ...hostingOf(props),
      functionName: names.of('keep-result'),
      description: 'Keeps how executions ended, for clients that wait.',
      code,
      environment: { RECORDS_TABLE: records.tableName, ...(names.prefix ? { NAME_PREFIX: names.prefix } : {}) },
      batchSize: BATCH_SIZE,
      maxReceiveCount: RECEIVES,
      operators,
      deadLetterDescription: `Executions have ended and it could not be kept in ${RECEIVES} deliveries over an hour. The messages name them; nothing of them is lost, but clients that wait for them ask Step Functions, whose quota is small. Mend the cause and move them back.`,
    });
    records.encryptionKey?.grantEncryptDecrypt(role);
    const lazily = (of: (workflow: string) => string): string[] => Lazy.list({ produce: () => workflows().map(of) });
    const partitions = lazily((name) => `${name}:*`);
    const resources = lazily((name) => names.executionArns(name));
    role.addToPolicy(itemStatement(['PutItem'], records.tableArn, partitions));
    role.addToPolicy(new PolicyStatement({ actions: ['states:DescribeExecution'], resources }));
    this.queue = queue;
  }
}

/** With a visibility of three minutes, an hour: afterwards hardly anybody waits any more. */
const RECEIVES = 20;

/** SQS's own maximum without a batching window. Each end is a write of its own: a batch's would have no condition. */
const BATCH_SIZE = 10;
