import { Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { defaults, inSeconds, stepTimes, transaction } from '../contract/index.ts';
import type { Workflow as WorkflowDefinition } from '../workflow/index.ts';
import { alarmWhenNotEmpty } from './alarms.ts';
import { itemStatement, laterStatement, receiveStatement, sendStatement } from './atom-permissions.ts';
import { type CodeProps, codeOf } from './code.ts';
import { BreakwaterSynthError } from './errors.ts';
import { type FunctionHostingProps, hostingOf } from './hosting.ts';
import { LiveFunction } from './live-function.ts';
import { mark } from './mark.ts';
import type { IPlatform } from './platform-reference.ts';
import { LONGEST_RETENTION, queueSettings, WorkQueue } from './work-queue.ts';
import type { Workflow } from './workflow.ts';

/** Its code is a handler `admit(workflow)` of lib/runtime. */
export interface AdmissionProps extends FunctionHostingProps, CodeProps {
  /** The workflow that events start. It has to be declared with an event. */
  readonly workflow: WorkflowDefinition;
  /** Where it is deployed. */
  readonly deployed: Workflow;
  /** What it shares with others: the bus, the records of what was admitted. Its hosting is inherited. */
  readonly platform: IPlatform;
  /** Batches of events that are looked at at a time, 2 to 1,000. Left out, two: the quota of starts is the account's. */
  readonly maxConcurrency?: number;
}

/**
 * Lets events start a workflow: from the bus through a queue to a Lambda that checks the event against its schema and
 * starts one execution per event id. A refused event lies in the rejected queue with the reason; nothing is dropped.
 */
export class Admission extends Construct {
  /** Events that broke their schema or reused an id with another payload. */
  readonly rejected: IQueue;

  constructor(scope: Construct, id: string, given: AdmissionProps) {
    super(scope, id);
    const { workflow, deployed, platform } = given;
    const props = { ...given, ...platform.hosting, ...hostingOf(given) };
    const { bus, records, operators, timeScale, names } = platform;
    const event = workflow.startedBy;
    if (!event) {
      throw new BreakwaterSynthError(
        this,
        `Workflow "${workflow.plan.name}" is declared with a schema, not with an event: no event can start it. Declare it with event(…), or leave Admission out.`,
      );
    }
    const name = workflow.plan.name;
    const functionName = names.of(`admit-${name}`);
    mark(this, { kind: 'admission', name });
    const times = stepTimes(ADMITTING, timeScale);
    const work = new WorkQueue(this, 'Work', {
      ...hostingOf(props),
      queueName: functionName,
      visibilitySeconds: inSeconds(times.visibility),
      maxReceiveCount: RECEIVES,
      operators,
      deadLetterDescription: `Events that should start ${name} could not be admitted in ${RECEIVES} deliveries over hours. No order was started for them; mend the cause and move them back.`,
    });
    this.rejected = this.#rejectedQueue(props, name);
    new Rule(this, 'Event', {
      description: `${event.name} starts ${name}.`,
      eventBus: bus,
      eventPattern: { detailType: [event.name] },
      targets: [new SqsQueue(work.queue)],
    });
    const { role, alias } = new LiveFunction(this, 'Lambda', {
      ...hostingOf(props),
      functionName,
      description: `Starts ${name} for each ${event.name}, once per event id.`,
      code: codeOf(this, props),
      timeoutSeconds: inSeconds(times.lambda),
      environment: {
        WORKFLOW_NAME: name,
        STATE_MACHINE_ARN: deployed.liveArn,
        RECORDS_TABLE: records.tableName,
        QUEUE_URL: work.queue.queueUrl,
        REJECTED_QUEUE_URL: this.rejected.queueUrl,
        EVENT_BUS_NAME: bus.eventBusName,
        ...(timeScale === 1 ? {} : { BREAKWATER_TIME_SCALE: String(timeScale) }),
      },
    });
    deployed.grantStart(role);
    role.addToPolicy(
      new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [names.executionArns(name)] }),
    );
    role.addToPolicy(itemStatement(['GetItem', 'PutItem'], records.tableArn, [`${name}:*`]));
    role.addToPolicy(sendStatement(this.rejected.queueArn));
    role.addToPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] }));
    role.addToPolicy(receiveStatement(work.queue.queueArn));
    role.addToPolicy(laterStatement(work.queue.queueArn));
    records.encryptionKey?.grantEncryptDecrypt(role);
    props.encryptionKey?.grantEncryptDecrypt(role);
    alias.addEventSourceMapping('Queue', {
      eventSourceArn: work.queue.queueArn,
      batchSize: times.batchSize,
      reportBatchItemFailures: true,
      maxConcurrency: props.maxConcurrency ?? MAX_CONCURRENCY,
    });
  }

  #rejectedQueue(props: AdmissionProps, name: string): Queue {
    const queueName = props.platform.names.of(`rejected-${name}`);
    const rejected = new Queue(this, 'Rejected', {
      ...queueSettings(props),
      queueName,
      retentionPeriod: LONGEST_RETENTION,
    });
    alarmWhenNotEmpty(this, 'RejectedAlarm', rejected, {
      alarmName: queueName,
      alarmDescription: `Events that should start ${name} were refused. Each message says why; no order was started for them. Tell the producer.`,
      operators: props.platform.operators,
    });
    return rejected;
  }
}

/**
 * The fewest that AWS allows. A wave of events waits in the queue: beyond StartExecution's quota (300 a second in the
 * largest regions, 150 in others) more batches at a time would only be throttled.
 */
const MAX_CONCURRENCY = 2;

/** Backing off from throttling is no defect of the event: it may be delivered for hours before somebody is told. */
const RECEIVES = 100;

/** Admitting takes a few calls to AWS an event: what the runtime has for itself beside a handler. */
const ADMITTING = { timeout: defaults.recordAllowance, effect: transaction } as const;
