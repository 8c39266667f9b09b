/**
 * One emulator for a test file, and the clients that speak to it.
 *
 * BREAKWATER_MENDS_OFF=all starts the plain emulator instead (or names mends to leave out), which shows the defects that
 * are still there upstream: every test of a mend then fails, save where the test says that it can't.
 */
import { BackupClient } from '@aws-sdk/client-backup';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, jest } from '@jest/globals';
import { type Emulator, startEmulator } from '../../lib/local/emulator/index.ts';

export const ROLE = 'arn:aws:iam::000000000000:role/any';
const FIRST_PORT = 4620;
const mendsOff = process.env.BREAKWATER_MENDS_OFF ?? '';

/** Everything a test speaks to. Its fields are there once `beforeAll` has run. */
export class UnderTest {
  emulator!: Emulator;
  stepFunctions!: SFNClient;
  queues!: SQSClient;
  functions!: LambdaClient;
  stacks!: CloudFormationClient;
  events!: EventBridgeClient;
  metrics!: CloudWatchClient;
  logs!: CloudWatchLogsClient;
  backups!: BackupClient;

  async start(name: string): Promise<void> {
    this.emulator = await startEmulator({
      port: FIRST_PORT + Number(process.env.JEST_WORKER_ID ?? 0),
      logFile: `.breakwater/tests/${name}.log`,
      environment: { MINISTACK_MENDS_OFF: mendsOff, LAMBDA_ASYNC_RETRY_BASE_SECONDS: '0.1' },
    });
    const configuration = {
      endpoint: this.emulator.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    };
    this.stepFunctions = new SFNClient(configuration);
    this.queues = new SQSClient(configuration);
    this.functions = new LambdaClient(configuration);
    this.stacks = new CloudFormationClient(configuration);
    this.events = new EventBridgeClient(configuration);
    this.metrics = new CloudWatchClient(configuration);
    this.logs = new CloudWatchLogsClient(configuration);
    this.backups = new BackupClient(configuration);
  }

  async stop(): Promise<void> {
    const clients = [this.stepFunctions, this.queues, this.functions, this.stacks, this.events, this.metrics];
    for (const client of [...clients, this.logs, this.backups]) client.destroy();
    await this.emulator.stop();
  }
}

/** Starts the file's emulator before its tests and stops it after them. */
export function emulatorUnderTest(name: string): UnderTest {
  jest.setTimeout(30_000);
  const underTest = new UnderTest();
  beforeAll(() => underTest.start(name), 120_000); // the first start of a project installs it
  afterAll(() => underTest.stop());
  return underTest;
}

let count = 0;

/** A name that nothing else in this emulator has. */
export function unique(prefix: string): string {
  count += 1;
  return `${prefix}-${count}`;
}

/** The name of the error that a call is refused with; `accepted` when it is not. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'accepted',
    (error: Error) => error.name,
  );
}

/** Asks again until the answer is there, for at most so many seconds. */
export async function eventually<T>(ask: () => Promise<T | undefined>, seconds = 8): Promise<T> {
  const until = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > until) throw new Error(`Nothing came within ${seconds} s.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
