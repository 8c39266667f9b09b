import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { LogLevel } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { compile, undoMachineName } from '../asl/index.ts';
import type { Workflow as WorkflowDefinition } from '../workflow/index.ts';
import { alarmWhenAny, ONE_MINUTE } from './alarms.ts';
import type { IAtom } from './atom-reference.ts';
import { AvailabilityAlarms } from './availability-alarms.ts';
import { type HostingProps, hostingOf } from './hosting.ts';
import { LIVE } from './names.ts';
import { StateMachine } from './state-machine.ts';
import { UndoRule } from './undo-rule.ts';

export interface WorkflowProps extends HostingProps {
  readonly workflow: WorkflowDefinition;
  /** The atoms that it uses, compensations included, and the platform's park-steps and find-pivot. */
  readonly atoms: readonly IAtom[];
  /** Where it publishes its events. */
  readonly bus: IEventBus;
  /** Hears of its alarms. */
  readonly operators: ITopic;
  /** The platform's Lambda that starts undo machines. */
  readonly undoStarter: IFunction;
  /** What is logged of an execution. Left out, errors. */
  readonly logLevel?: LogLevel;
  /** Whether logs contain inputs and outputs, which may hold personal data. Left out, no. */
  readonly logExecutionData?: boolean;
  /** Shortens every time for tests; see `scaled`. Left out, 1. */
  readonly timeScale?: number;
}

/**
 * A workflow deployed: its state machine with the alias `live`, the machine that undoes what was ended from outside,
 * the rule between them, and alarms on its objectives. Applications find it by the parameter
 * `/breakwater/workflows/<name>`.
 *
 * @example
 * const fulfilment = new Workflow(this, 'FulfilOrder', { workflow: fulfilOrder, atoms, bus, operators, undoStarter });
 * fulfilment.grantStart(checkout);
 */
export class Workflow extends Construct {
  readonly workflowName: string;
  readonly stateMachineArn: string;
  /** What is started: the alias, whose ARN never changes. */
  readonly liveArn: string;
  readonly undoMachineArn: string;
  readonly alarms: AvailabilityAlarms;
  readonly #main: StateMachine;

  constructor(scope: Construct, id: string, props: WorkflowProps) {
    super(scope, id);
    const { plan } = props.workflow;
    const timeScale = props.timeScale ?? 1;
    const undoName = undoMachineName(plan.name);
    for (const atom of props.atoms) atom.serveWorkflow(plan);

    const { machine, undoMachine, substitutions } = compile(plan, { timeScale });
    const shared = { ...props, ...hostingOf(props), substitutions };
    const undo = new StateMachine(this, 'Undo', { ...shared, stateMachineName: undoName, definition: undoMachine });
    this.#main = new StateMachine(this, 'Main', {
      ...shared,
      stateMachineName: plan.name,
      definition: machine,
      undoVersionArn: undo.publishVersion(),
    });

    this.workflowName = plan.name;
    this.stateMachineArn = this.#main.machine.stateMachineArn;
    this.undoMachineArn = undo.machine.stateMachineArn;
    this.liveArn = this.#main.publish();

    new UndoRule(this, 'UndoRule', {
      ...hostingOf(props),
      stateMachineArn: this.stateMachineArn,
      undoMachineArn: this.undoMachineArn,
      undoMachineName: undoName,
      undoStarter: props.undoStarter,
      operators: props.operators,
    });
    this.alarms = new AvailabilityAlarms(this, 'Availability', {
      workflowName: plan.name,
      machine: this.#main.machine,
      availability: plan.objectives.availability,
      operators: props.operators,
      timeScale,
    });
    alarmWhenAny(this, 'UndoFailed', undo.machine.metricFailed({ statistic: Stats.SUM, period: ONE_MINUTE }), {
      alarmName: `${undoName}-failed`,
      alarmDescription: `An execution of ${plan.name} that was ended from outside could not be undone completely. What is left is parked and waits for a person.`,
      operators: props.operators,
    });
    new StringParameter(this, 'Address', {
      parameterName: `/breakwater/workflows/${plan.name}`,
      description: `Where ${plan.name} is started and undone. Written by its stack.`,
      stringValue: this.#address(),
    });
  }

  /** Lets somebody start it, through the alias `live` only. */
  grantStart({ grantPrincipal }: IGrantable): void {
    grantPrincipal.addToPrincipalPolicy(startStatement(this.stateMachineArn));
  }

  metricSucceeded(options?: MetricOptions): Metric {
    return this.#main.machine.metricSucceeded(options);
  }

  metricFailed(options?: MetricOptions): Metric {
    return this.#main.machine.metricFailed(options);
  }

  metricTime(options?: MetricOptions): Metric {
    return this.#main.machine.metricTime(options);
  }

  #address(): string {
    const { stateMachineArn, liveArn, undoMachineArn } = this;
    return JSON.stringify({ stateMachineArn, liveArn, undoMachineArn });
  }
}

/**
 * Step Functions authorizes a start through an alias by the machine's own ARN, and names the alias in a condition key.
 * Source: "Authorization for versions and aliases in Step Functions workflows" (developer guide).
 */
const startStatement = (stateMachineArn: string): PolicyStatement =>
  new PolicyStatement({
    actions: ['states:StartExecution'],
    resources: [stateMachineArn],
    conditions: { 'ForAnyValue:StringEquals': { 'states:StateMachineQualifier': [LIVE] } },
  });
