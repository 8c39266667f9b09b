import type { Resource } from './read.ts';

/** What stands still and costs all the same, in US dollars a month, without any free tier. */
export interface Prices {
  readonly region: string;
  /** When they were looked up. */
  readonly date: string;
  readonly alarmMetric: number;
  readonly compositeAlarm: number;
  /** Lambda's five pollers of an idle queue: 648,000 long polls. */
  readonly idleQueueMapping: number;
  readonly dashboard: number;
  readonly key: number;
  readonly secret: number;
}

/** List prices: "Amazon CloudWatch pricing", "Amazon SQS pricing" ($0.40 a million requests), "AWS KMS pricing". */
export const PRICES: Prices = {
  region: 'us-east-1',
  date: '2026-11',
  alarmMetric: 0.1,
  compositeAlarm: 0.5,
  idleQueueMapping: 0.26,
  dashboard: 3,
  key: 1,
  secret: 0.4,
};

/** What a resource costs where nothing happens. */
export interface AtRest {
  /** For people: what is paid. */
  readonly what: string;
  /** Dollars a month. */
  readonly dollars: number;
}

/** Nothing for what is paid by use only: functions, machines, tables on demand, topics, rules. */
export function atRest({ type, properties }: Resource, prices: Prices = PRICES): AtRest | undefined {
  switch (type) {
    case 'AWS::CloudWatch::Alarm':
      return { what: 'alarm metrics', dollars: prices.alarmMetric * metricsOf(properties.Metrics) };
    case 'AWS::CloudWatch::CompositeAlarm':
      return { what: 'composite alarms', dollars: prices.compositeAlarm };
    case 'AWS::Lambda::EventSourceMapping':
      return { what: 'polling of idle queues', dollars: prices.idleQueueMapping };
    case 'AWS::CloudWatch::Dashboard':
      return { what: 'dashboards', dollars: prices.dashboard };
    case 'AWS::KMS::Key':
      return { what: 'keys', dollars: prices.key };
    case 'AWS::SecretsManager::Secret':
      return { what: 'secrets', dollars: prices.secret };
    default:
      return undefined;
  }
}

/** An alarm is billed by the metrics that it reads; an expression over them is none. */
function metricsOf(metrics: unknown): number {
  if (!Array.isArray(metrics)) return 1;
  return metrics.filter((each: { readonly MetricStat?: unknown }) => each.MetricStat !== undefined).length;
}
