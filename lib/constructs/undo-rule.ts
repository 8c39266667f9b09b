import { Duration } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { alarmWhenNotEmpty } from './alarms.ts';
import type { HostingProps } from './hosting.ts';
import { deadLetterQueueNameOf } from './names.ts';
import { LONGEST_RETENTION, queueSettings } from './work-queue.ts';

export interface UndoRuleProps extends HostingProps {
  readonly stateMachineArn: string;
  readonly undoMachineArn: string;
  readonly undoMachineName: string;
  /** The platform's Lambda that starts undo machines. */
  readonly undoStarter: IFunction;
  readonly operators: ITopic;
}

/**
 * Hears of executions that were ended from outside and has them undone. Step Functions tells the account's default
 * bus, best effort. Executions that compensated themselves end as FAILED too: the starter tells them by their error.
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
    props.encryptionKey?.grantEncryptDecrypt(new ServicePrincipal('events.amazonaws.com'));
    alarmWhenNotEmpty(this, 'DeadLetterAlarm', deadLetterQueue, {
      alarmName: queueName,
      alarmDescription:
        'Executions have ended from outside and their undo could not be started. The messages name them; start the undo machine by hand.',
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
        new LambdaFunction(props.undoStarter, {
          deadLetterQueue,
          // EventBridge's own maximum: 185 times over a day.
          retryAttempts: 185,
          maxEventAge: Duration.hours(24),
          event: RuleTargetInput.fromObject({
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
