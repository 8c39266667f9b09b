import { Duration } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { alarmWhenNotEmpty } from './alarms.ts';
import { eventsOfThisAccount, targetQueue } from './events-principal.ts';
import type { HostingProps } from './hosting.ts';
import { deadLetterQueueNameOf } from './names.ts';
import { LONGEST_RETENTION, queueSettings } from './work-queue.ts';

export interface UndoRuleProps extends HostingProps {
  readonly stateMachineArn: string;
  readonly undoMachineArn: string;
  readonly undoMachineName: string;
  /** The queue of the platform's Lambda that starts undo machines. */
  readonly undoQueue: IQueue;
  readonly operators: ITopic;
}

/**
 * Hears of executions that were ended from outside and has them undone. Step Functions tells the account's default
 * bus, best effort. Executions that compensated themselves end as FAILED too: the starter tells them by their error.
 * What EventBridge cannot put into the starter's queue lies in the dead-letter queue here.
 */
export class UndoRule extends Construct {
  constructor(scope: Construct, id: string, props: UndoRuleProps) {
    super(scope, id);
    const queueName = deadLetterQueueNameOf(props.undoMachineName);
    const deadLetterQueue = new Queue(this, 'DeadLetters', {
      ...queueSettings(props),
      queueName,
      retentionPeriod: LONGEST_RETENTION,
    });
    // CDK lets EventBridge send to the queue, and forgets the queue's key.
    props.encryptionKey?.grantEncryptDecrypt(eventsOfThisAccount(this));
    alarmWhenNotEmpty(this, 'DeadLetterAlarm', deadLetterQueue, {
      alarmName: queueName,
      alarmDescription:
        'Executions have ended from outside and the starter of undo machines could not be told. The messages name them; the sweep has them undone all the same, within minutes or a day. Mend the cause, then delete them.',
      operators: props.operators,
    });
    new Rule(this, 'Ended', {
      description: `Executions that ended without compensating themselves start ${props.undoMachineName}.`,
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [props.stateMachineArn] },
      },
      targets: [
        new SqsQueue(targetQueue(this, props.undoQueue), {
          deadLetterQueue,
          // EventBridge's own maximum: 185 times over a day.
          retryAttempts: 185,
          maxEventAge: Duration.hours(24),
          message: RuleTargetInput.fromObject({
            executionArn: EventField.fromPath('$.detail.executionArn'),
            name: EventField.fromPath('$.detail.name'),
            status: EventField.fromPath('$.detail.status'),
            undoMachineArn: props.undoMachineArn,
          }),
        }),
      ],
    });
  }
}
