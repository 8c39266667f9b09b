import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { type IQueue, Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { defaults } from '../contract/index.ts';
import { alarmWhenNotEmpty } from './alarms.ts';
import type { HostingProps } from './hosting.ts';
import { deadLetterQueueNameOf } from './names.ts';

export interface WorkQueueProps extends HostingProps {
  readonly queueName: string;
  readonly visibilitySeconds: number;
  /** Deliveries before a message is a dead letter, up to 1,000. Left out, five. */
  readonly maxReceiveCount?: number;
  /** Hears of dead letters. */
  readonly operators: ITopic;
  /** What a dead letter in it means and what to do about it. */
  readonly deadLetterDescription: string;
  /** Where its dead letters go on to, if something receives them. Left out, they lie there for a person. */
  readonly deadLetterRedrive?: DeadLetterRedrive;
}

/** How the dead letters of a queue are received. */
export interface DeadLetterRedrive {
  readonly visibilitySeconds: number;
  readonly maxReceiveCount: number;
  /** Where those go that could not be dealt with. */
  readonly queue: IQueue;
}

/** A queue that loses nothing: what can't be processed goes to its dead-letter queue, and somebody is told. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const deadLetterName = deadLetterQueueNameOf(props.queueName);
    const { deadLetterRedrive: redrive } = props;
    this.deadLetters = new Queue(this, 'DeadLetters', {
      ...queueSettings(props),
      queueName: deadLetterName,
      retentionPeriod: LONGEST_RETENTION,
      ...(redrive
        ? {
            visibilityTimeout: Duration.seconds(redrive.visibilitySeconds),
            deadLetterQueue: { queue: redrive.queue, maxReceiveCount: redrive.maxReceiveCount },
          }
        : {}),
    });
    this.queue = new Queue(this, 'Queue', {
      ...queueSettings(props),
      queueName: props.queueName,
      visibilityTimeout: Duration.seconds(props.visibilitySeconds),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: props.maxReceiveCount ?? defaults.receives },
    });
    alarmWhenNotEmpty(this, 'DeadLetterAlarm', this.deadLetters, {
      alarmName: deadLetterName,
      alarmDescription: props.deadLetterDescription,
      operators: props.operators,
    });
  }
}

/**
 * SQS keeps a message for 14 days at most, counted from when it was first sent. The queue itself keeps SQS's four, so
 * that a dead letter lies there for ten at least.
 */
export const LONGEST_RETENTION = Duration.days(14);

/** What all of Breakwater's queues have in common. */
export const queueSettings = ({ encryptionKey, removalPolicy }: HostingProps): QueueProps => ({
  enforceSSL: true,
  removalPolicy: removalPolicy ?? RemovalPolicy.DESTROY,
  ...(encryptionKey
    ? { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }
    : { encryption: QueueEncryption.SQS_MANAGED }),
});
