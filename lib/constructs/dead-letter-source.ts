import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { contractId, defaults } from '../contract/index.ts';
import { alarmWhenAny, ONE_MINUTE } from './alarms.ts';
import type { AtomContract } from './atom-contract.ts';
import type { IPlatform } from './platform-reference.ts';

export interface DeadLetterSourceProps {
  readonly platform: IPlatform;
  readonly contract: AtomContract;
  /** The atom's. */
  readonly deadLetters: IQueue;
}

/**
 * Has the dead letters of an atom answered by the platform's function, and counts them. It stands beside the queue, for
 * an event source needs that there: the platform is deployed before.
 */
export class DeadLetterSource extends Construct {
  constructor(scope: Construct, id: string, { platform, contract, deadLetters }: DeadLetterSourceProps) {
    super(scope, id);
    const atom = platform.names.atom(contract);
    new CfnEventSourceMapping(this, 'Source', {
      eventSourceArn: deadLetters.queueArn,
      functionName: platform.deadLetterDesk.functionArn,
      batchSize: BATCH_SIZE,
      functionResponseTypes: ['ReportBatchItemFailures'],
      scalingConfig: { maximumConcurrency: MAX_CONCURRENCY },
    });
    // Counted by the function that answers them: in the queue they stay for a moment only.
    const metric = new Metric({
      namespace: 'Breakwater',
      metricName: 'DeadLettered',
      dimensionsMap: { atom },
      statistic: Stats.SUM,
      period: ONE_MINUTE,
    });
    alarmWhenAny(this, 'Alarm', metric, {
      alarmName: `${atom}-dead-lettered`,
      alarmDescription: `${contractId(contract)} could not process a message in ${defaults.receives} deliveries, or was given a malformed one. The order that it belongs to settles and undoes the step by itself, and what nobody waits for is parked; "breakwater dead-letters list" shows the messages with the reasons.`,
      operators: platform.operators,
    });
  }
}

/** SQS's own maximum without a batching window. */
const BATCH_SIZE = 10;

/** The fewest that AWS allows. A wave of dead letters waits: nobody else does for long. */
const MAX_CONCURRENCY = 2;
