import { Duration as CdkDuration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  ComparisonOperator,
  CompositeAlarm,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { type Duration, describeDuration, inSeconds, scaled } from '../contract/index.ts';
import { type BurnWindow, badShareAt, checkObjective, PAGE_WINDOWS } from '../slo/index.ts';
import { tell, UNSUCCESSFUL, unsuccessfulMetrics } from './alarms.ts';

export interface AvailabilityAlarmsProps {
  readonly workflowName: string;
  readonly machine: StateMachine;
  /** Share of executions that have to succeed. */
  readonly availability: number;
  readonly operators: ITopic;
  /** Left out, the SRE workbook's two that page. */
  readonly windows?: readonly BurnWindow[];
  /** Shortens the windows for tests, down to a minute. Left out, 1. */
  readonly timeScale?: number;
}

/**
 * Pages when the workflow burns its error budget too fast: in any of the window pairs, the long window and the short
 * one. An alarm holds metrics of one period only, so each window is an alarm and a composite joins them; only the
 * composite tells anybody.
 *
 * Declined orders have succeeded. Aborted ones have not: somebody waited for them.
 */
export class AvailabilityAlarms extends Construct {
  readonly page: CompositeAlarm;
  readonly #props: AvailabilityAlarmsProps;

  constructor(scope: Construct, id: string, props: AvailabilityAlarmsProps) {
    super(scope, id);
    this.#props = props;
    const { workflowName, availability, windows = PAGE_WINDOWS } = props;
    checkObjective(availability, windows);
    const pairs = windows.map((window) =>
      AlarmRule.allOf(this.#burning(window, window.long, 'Long'), this.#burning(window, window.short, 'Short')),
    );
    this.page = tell(
      props.operators,
      new CompositeAlarm(this, 'Page', {
        compositeAlarmName: `${workflowName}-availability`,
        alarmDescription: `${workflowName} fails so often that its objective of ${availability} is in danger: ${windows
          .map(({ long, burnRate }) => `${burnRate} times the allowed rate over ${describeDuration(long)}`)
          .join(', or ')}. Orders fail or are parked.`,
        alarmRule: AlarmRule.anyOf(...pairs),
      }),
    );
  }

  #burning({ long, burnRate }: BurnWindow, window: Duration, which: 'Long' | 'Short'): Alarm {
    const { workflowName, machine, availability, timeScale = 1 } = this.#props;
    const period = alarmPeriod(window, timeScale);
    const options = { statistic: Stats.SUM, period };
    return new Alarm(this, `${describeDuration(long)}${which}`, {
      alarmName: `${workflowName}-availability-${describeDuration(long)}-${describeDuration(window)}`,
      alarmDescription: `Share of failed executions in ${describeDuration(window)} against ${burnRate} times the budget. Part of ${workflowName}-availability.`,
      metric: new MathExpression({
        label: `share of failed executions in ${describeDuration(window)}`,
        expression: BAD_SHARE,
        period,
        usingMetrics: {
          succeeded: machine.metricSucceeded(options),
          ...unsuccessfulMetrics(machine, options),
        },
      }),
      threshold: badShareAt(availability, burnRate),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }
}

/** Division by zero gives no point: without executions nothing burns. */
const BAD_SHARE = `(${UNSUCCESSFUL}) / (FILL(succeeded, 0) + ${UNSUCCESSFUL})`;

/**
 * One period as long as the window. AWS/States has one point a minute: an alarm's period is a minute or a multiple of it
 * (10, 20 and 30 s are for custom metrics of high resolution).
 */
const alarmPeriod = (window: Duration, timeScale: number): CdkDuration =>
  CdkDuration.minutes(Math.max(1, Math.ceil(inSeconds(scaled(window, timeScale)) / 60)));
