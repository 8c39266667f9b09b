import { MathExpression, type Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { LogLevel } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { compile, undoMachineName } from '../asl/index.ts';
import { contractId } from '../contract/index.ts';
import type { Workflow as WorkflowDefinition } from '../workflow/index.ts';
import { alarmWhenAny, ONE_MINUTE, UNSUCCESSFUL, unsuccessfulMetrics } from './alarms.ts';
import type { IAtom } from './atom-reference.ts';
import { AvailabilityAlarms } from './availability-alarms.ts';
import { grantClientUse } from './client-permissions.ts';
import { BreakwaterSynthError } from './errors.ts';
import { type HostingProps, hostingOf } from './hosting.ts';
import { mark } from './mark.ts';
import { LIVE } from './names.ts';
import type { IPlatform } from './platform-reference.ts';
import { ResultRule } from './result-rule.ts';
import { StateMachine } from './state-machine.ts';
import { UndoRule } from './undo-rule.ts';

export interface WorkflowProps extends HostingProps {
  readonly workflow: WorkflowDefinition;
  /** The atoms that it uses, compensations included. */
  readonly atoms: readonly IAtom[];
  /** What it shares with others. Its hosting (key, boundary …) is inherited where nothing else is said. */
  readonly platform: IPlatform;
  /**
   * Whether the ends of its executions are kept for clients that wait; `ResultKeeper` says what it costs. Left out, yes.
   * If not, `breakwater/client` asks Step Functions, which answers 10 to 15 such questions a second in the whole account.
   */
  readonly results?: boolean;
  /** What is logged of an execution. Left out, errors. */
  readonly logLevel?: LogLevel;
  /** Whether logs contain inputs and outputs, which may hold personal data. Left out, no. */
  readonly logExecutionData?: boolean;
}

/**
 * A workflow deployed: its state machine with the alias `live`, the machine that undoes what was ended from outside,
 * the rule between them, and alarms on its objectives. Applications find it by the parameter
 * `/breakwater/workflows/<name>`.
 *
 * @example
 * const fulfilment = new Workflow(this, 'FulfilOrder', { platform, workflow: fulfilOrder, atoms });
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
  readonly #platform: IPlatform;
  readonly #keepsResults: boolean;

  constructor(scope: Construct, id: string, given: WorkflowProps) {
    super(scope, id);
    const { platform } = given;
    const { plan } = given.workflow;
    const { names, timeScale } = platform;
    const hosting = { ...hostingOf(platform.hosting), ...hostingOf(given) };
    const props = { ...given, ...hosting };
    const undoName = undoMachineName(plan.name);
    mark(this, { kind: 'workflow', name: plan.name });
    this.#platform = platform;
    this.#keepsResults = given.results ?? true;
    platform.serveWorkflow(plan, { keepResults: this.#keepsResults });
    for (const atom of props.atoms) {
      checkPlatform(this, atom, platform);
      atom.serveWorkflow(plan);
    }

    const { machine, undoMachine, substitutions } = compile(plan, { timeScale });
    const shared = { ...props, substitutions };
    const undo = new StateMachine(this, 'Undo', { ...shared, name: undoName, definition: undoMachine });
    this.#main = new StateMachine(this, 'Main', {
      ...shared,
      name: plan.name,
      definition: machine,
      undoVersion: undo.publishVersion(),
    });

    this.workflowName = plan.name;
    this.stateMachineArn = this.#main.machine.stateMachineArn;
    this.undoMachineArn = undo.machine.stateMachineArn;
    this.liveArn = this.#main.publish();

    new UndoRule(this, 'UndoRule', {
      ...hosting,
      stateMachineArn: this.stateMachineArn,
      undoMachineArn: this.undoMachineArn,
      undoMachineName: names.of(undoName),
      undoQueue: platform.undoQueue,
      operators: platform.operators,
    });
    const { workflowName, stateMachineArn } = this;
    if (this.#keepsResults) {
      new ResultRule(this, 'ResultRule', { workflowName, stateMachineArn, queue: platform.resultQueue });
    }
    this.alarms = new AvailabilityAlarms(this, 'Availability', {
      workflowName: names.of(plan.name),
      machine: this.#main.machine,
      availability: plan.objectives.availability,
      operators: platform.operators,
      timeScale,
    });
    this.#undoAlarm(undo, props);
    new StringParameter(this, 'Address', {
      parameterName: names.parameter(plan.name),
      description: `Where ${plan.name} is started and undone. Written by its stack.`,
      stringValue: this.#address(machine.TimeoutSeconds),
    });
  }

  /** Lets somebody start it, through the alias `live` only. */
  grantStart({ grantPrincipal }: IGrantable): void {
    grantPrincipal.addToPrincipalPolicy(startStatement(this.stateMachineArn));
  }

  /** Lets an application use it through `breakwater/client`: start it, wait for results, look at orders, stop them. */
  grantUse(grantee: IGrantable): void {
    this.grantStart(grantee);
    const { workflowName } = this;
    const { names, records } = this.#platform;
    grantClientUse(grantee, { names, workflowName, ...(this.#keepsResults ? { records } : {}) });
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

  #undoAlarm({ machine }: StateMachine, { workflow, platform }: WorkflowProps): void {
    const { name } = workflow.plan;
    const metric = new MathExpression({
      label: 'undo executions that did not succeed',
      expression: UNSUCCESSFUL,
      period: ONE_MINUTE,
      usingMetrics: unsuccessfulMetrics(machine, { statistic: Stats.SUM, period: ONE_MINUTE }),
    });
    alarmWhenAny(this, 'UndoFailed', metric, {
      alarmName: `${platform.names.of(undoMachineName(name))}-failed`,
      alarmDescription: `An execution of ${name} that was ended from outside could not be undone completely. If its undo execution failed, what is left is parked and waits for a person. If it timed out or was stopped, nothing is parked: look into it, and redrive it.`,
      operators: platform.operators,
    });
  }

  #address(timeoutSeconds: number): string {
    const { stateMachineArn, liveArn, undoMachineArn } = this;
    const { tableName: recordsTable } = this.#platform.records;
    const results = this.#keepsResults ? { resultsTable: recordsTable } : {};
    return JSON.stringify({ stateMachineArn, liveArn, undoMachineArn, timeoutSeconds, recordsTable, ...results });
  }
}

/** @throws BreakwaterSynthError for an atom of another platform: it may not answer this workflow's executions */
function checkPlatform(scope: Construct, { contract, names }: IAtom, platform: IPlatform): void {
  if (names.prefix === platform.names.prefix) return;
  throw new BreakwaterSynthError(
    scope,
    `${contractId(contract)} belongs to a platform with the prefix "${names.prefix}", and the workflow to one with "${platform.names.prefix}". Make both with the same Platform; Atom.fromContract takes its prefix.`,
  );
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
