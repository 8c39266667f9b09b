import { Duration, Lazy } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Code, IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { undoMachineName } from '../asl/index.ts';
import { alarmWhenAny, ONE_MINUTE } from './alarms.ts';
import { resultStatement } from './client-permissions.ts';
import { type FunctionHostingProps, hostingOf } from './hosting.ts';
import { LiveFunction } from './live-function.ts';
import type { Names } from './names.ts';
import { undoStatements } from './undo-permissions.ts';

export interface SweeperProps extends FunctionHostingProps {
  readonly names: Names;
  /** The platform's sweep-executions, bundled. */
  readonly code: Code;
  /** Names of the workflows that it looks after. */
  readonly workflows: () => readonly string[];
  readonly records: ITable;
  /** Hears of sweeps that failed. */
  readonly operators: ITopic;
}

/**
 * Finds executions that ended from outside and that no event told of, and has them undone. One for all workflows.
 *
 * It remembers nothing. Every five minutes it looks at what ended in the last hour, so that each end is looked at twelve
 * times; every day at the last fifteen days, as long as an execution can be redriven and a day, for what ended while the
 * sweep itself was down. Where an event was heard there is an undo execution, and nothing is done.
 *
 * Some $0.15 a month: 8,670 calls of a second and 512 MiB ($0.06), an alarm ($0.10). Lists of executions cost nothing,
 * and rows are read only of executions that failed.
 */
export class Sweeper extends Construct {
  readonly #role: LiveFunction['role'];
  readonly #records: ITable;
  readonly #kept = new Set<string>();

  constructor(scope: Construct, id: string, props: SweeperProps) {
    super(scope, id);
    const { names, code, workflows, operators } = props;
    const functionName = names.of('sweep-executions');
    const { alias, role } = new LiveFunction(this, 'Lambda', {
      ...hostingOf(props),
      functionName,
      description: 'Has executions undone that ended from outside and that no event told of.',
      code,
      timeoutSeconds: SWEEPING.toSeconds(),
      environment: {
        WORKFLOWS: Lazy.string({ produce: () => JSON.stringify(workflows()) }),
        ...(names.prefix ? { NAME_PREFIX: names.prefix } : {}),
      },
    });
    this.#role = role;
    this.#records = props.records;
    for (const statement of this.#statements(props)) role.addToPolicy(statement);
    for (const { rate, hours, ...rule } of RULES) {
      new Rule(this, rule.id, {
        description: rule.description,
        schedule: Schedule.rate(rate),
        targets: [new LambdaFunction(alias as IFunction, { event: RuleTargetInput.fromObject({ hours }) })],
      });
    }
    alarmWhenAny(this, 'Failed', alias.metricErrors({ statistic: Stats.SUM, period: ONE_MINUTE }), {
      alarmName: `${functionName}-failed`,
      alarmDescription: `A look for executions that ended and were not undone has failed: the log of ${functionName} says why. The next one looks at the same again; if this alarm comes back, orders that no event tells of are not undone.`,
      operators,
    });
  }

  /** Lets it see which executions of a workflow compensated themselves, by the rows that keep how they ended. */
  readResults(workflow: string): void {
    if (this.#kept.size === 0) {
      const partitions = Lazy.list({ produce: () => [...this.#kept].sort().map((name) => `${name}:*`) });
      this.#role.addToPolicy(resultStatement(this.#records.tableArn, partitions));
      this.#records.encryptionKey?.grantDecrypt(this.#role);
    }
    this.#kept.add(workflow);
  }

  #statements({ names, workflows }: SweeperProps): readonly PolicyStatement[] {
    const lazily = (of: (workflow: string) => readonly string[]): string[] =>
      Lazy.list({ produce: () => workflows().flatMap(of) });
    return [
      new PolicyStatement({
        actions: ['ssm:GetParameter'],
        resources: lazily((name) => [names.parameterArn(name)]),
      }),
      new PolicyStatement({
        actions: ['states:ListExecutions'],
        resources: lazily((name) => [name, undoMachineName(name)].map((machine) => names.stateMachineArn(machine))),
      }),
      ...undoStatements(names, workflows),
    ];
  }
}

/** As long as a few hundred calls of Step Functions take that are throttled. */
const SWEEPING = Duration.minutes(4);

const RULES = [
  {
    id: 'Often',
    description: 'Executions that ended in the last hour and that no event told of are undone.',
    rate: Duration.minutes(5),
    hours: 1,
  },
  {
    id: 'Daily',
    description: 'The same for the last fifteen days, for what ended while nothing of this ran.',
    rate: Duration.days(1),
    hours: 15 * 24,
  },
] as const;
