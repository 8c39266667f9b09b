import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Architecture, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { DefinitionBody, IntegrationPattern, StateMachine, TaskInput, Timeout } from 'aws-cdk-lib/aws-stepfunctions';
import { SqsSendMessage } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { MAX_CONCURRENCY } from '../breakwater/stack.ts';

export const HAND_WRITTEN = 'benchmark-hand-written';

const handler = `${import.meta.dirname}/../../runtime/hand-written/handler.ts`;

/** The same as an ordinary CDK app with Powertools in its functions. */
export class HandWrittenStack extends Stack {
  constructor(...given: ConstructorParameters<typeof Stack>) {
    super(...given);
    const bookings = this.#table('Bookings', 'holdId');
    const idempotency = this.#table('Idempotency', 'id');
    const step = (name: string): SqsSendMessage => this.#step(name, bookings, idempotency);
    new StateMachine(this, 'Machine', {
      stateMachineName: HAND_WRITTEN,
      definitionBody: DefinitionBody.fromChainable(step('stock').next(step('slot')).next(step('invoice'))),
      timeout: Duration.minutes(15),
    });
  }

  #table(id: string, name: string): Table {
    return new Table(this, id, {
      partitionKey: { name, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(id === 'Idempotency' ? { timeToLiveAttribute: 'expiration' } : {}),
    });
  }

  #step(name: string, bookings: Table, idempotency: Table): SqsSendMessage {
    const deadLetters = new Queue(this, `${name}-dead-letters`, { retentionPeriod: Duration.days(14) });
    const queue = new Queue(this, `${name}-queue`, {
      visibilityTimeout: Duration.seconds(180),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 5 },
    });
    const worker = new NodejsFunction(this, `${name}-function`, {
      entry: handler,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: Duration.seconds(30),
      environment: {
        HOLDS_TABLE: bookings.tableName,
        IDEMPOTENCY_TABLE: idempotency.tableName,
        POWERTOOLS_SERVICE_NAME: 'orders',
        POWERTOOLS_METRICS_NAMESPACE: 'Orders',
      },
      bundling: {
        minify: true,
        format: OutputFormat.ESM,
        mainFields: ['module', 'main'],
        bundleAwsSDK: true,
        target: 'node24',
        banner: "import{createRequire}from'module';const require=createRequire(import.meta.url);",
      },
    });
    bookings.grantWriteData(worker);
    idempotency.grantReadWriteData(worker);
    worker.addEventSource(
      new SqsEventSource(queue, { batchSize: 10, reportBatchItemFailures: true, maxConcurrency: MAX_CONCURRENCY }),
    );
    return this.#task(name, queue);
  }

  #task(name: string, queue: Queue): SqsSendMessage {
    const task = SqsSendMessage.jsonata(this, name, {
      queue,
      integrationPattern: IntegrationPattern.WAIT_FOR_TASK_TOKEN,
      messageBody: TaskInput.fromObject({
        taskToken: '{% $states.context.Task.Token %}',
        executionId: `{% $states.context.Execution.Name & '/${name}' %}`,
        input: '{% $states.context.Execution.Input %}',
      }),
      taskTimeout: Timeout.duration(Duration.seconds(90)),
      outputs: '{% $states.result %}',
    });
    task.addRetry({ maxAttempts: 3, interval: Duration.seconds(1), backoffRate: 2 });
    return task;
  }
}
