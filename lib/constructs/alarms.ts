import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmBase,
  ComparisonOperator,
  type IMetric,
  type MetricOptions,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';

/** Tells the operators' topic when an alarm goes off and when it is over. */
export function tell<A extends AlarmBase>(operators: ITopic, alarm: A): A {
  const action = new SnsAction(operators);
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
  return alarm;
}

export interface NotEmptyProps {
  readonly alarmName: string;
  /** What it means and what to do: an operator reads it at night. */
  readonly alarmDescription: string;
  readonly operators: ITopic;
}

/** Goes off when a queue that is to stay empty holds a message. It clears when the queue is empty again. */
export const alarmWhenNotEmpty = (scope: Construct, id: string, queue: IQueue, props: NotEmptyProps): Alarm =>
  alarmWhenAny(
    scope,
    id,
    queue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM, period: ONE_MINUTE }),
    props,
  );

/** Goes off when a metric that is to stay zero is not. */
export const alarmWhenAny = (scope: Construct, id: string, metric: IMetric, props: NotEmptyProps): Alarm =>
  tell(
    props.operators,
    new Alarm(scope, id, {
      alarmName: props.alarmName,
      alarmDescription: props.alarmDescription,
      metric,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      // An idle queue or machine has no data points: nothing is wrong.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }),
  );

/**
 * How many executions ended without success. It takes `failed`, `timedOut` and `aborted`. A sum with a missing metric is
 * missing, and AWS/States has no point for what did not occur: hence FILL.
 */
export const UNSUCCESSFUL = 'FILL(failed, 0) + FILL(timedOut, 0) + FILL(aborted, 0)';

/** What `UNSUCCESSFUL` takes. */
export const unsuccessfulMetrics = (machine: IStateMachine, options: MetricOptions): Record<string, IMetric> => ({
  failed: machine.metricFailed(options),
  timedOut: machine.metricTimedOut(options),
  aborted: machine.metricAborted(options),
});

/** The finest period of metrics that AWS services publish. */
export const ONE_MINUTE = Duration.minutes(1);
