/**
 * One subject in a process of its own, called as Lambda calls it: `worker.ts <bundle> <envelope | own>`. Its parent
 * asks for a number of calls with batches of a size, and is told the time of each and the CPU of all.
 */
import { pathToFileURL } from 'node:url';
import type { Context, SQSEvent } from 'aws-lambda';
import { days } from '../../../lib/contract/duration.ts';

export interface Asked {
  readonly calls: number;
  readonly batch: number;
}

export interface Measured {
  /** Milliseconds of each call. */
  readonly times: readonly number[];
  /** Milliseconds of CPU, user and system, of all calls. */
  readonly cpu: number;
  /** Bytes. */
  readonly resident: number;
}

const [file = '', message] = process.argv.slice(2);
const { handler } = (await import(pathToFileURL(file).href)) as {
  handler(event: SQSEvent, context: Context): Promise<{ batchItemFailures?: readonly unknown[] } | undefined>;
};

const context = {
  functionName: 'hold-stock',
  functionVersion: '1',
  memoryLimitInMB: '512',
  invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:hold-stock',
  awsRequestId: '00000000-0000-0000-0000-000000000000',
  getRemainingTimeInMillis: () => 30_000,
} as unknown as Context;

let records = 0;

function body(): unknown {
  records += 1;
  const execution = `place-order:${process.pid}-${records}`;
  const input = {
    orderId: `o-${records}`,
    lines: [
      { sku: 'mug', quantity: 2 },
      { sku: 'pen', quantity: 1 },
    ],
  };
  const token = 'AQCEAAAAKgAAAAMAAAAA'.repeat(20);
  if (message === 'own') return { taskToken: token, executionId: execution, input };
  return {
    breakwater: 1,
    verb: 'do',
    execution,
    step: 'stock',
    contract: 'hold-stock@1.0.0',
    attempt: 1,
    input,
    token,
    notAfter: Date.now() + days(14).milliseconds,
    notStartedAfter: Date.now() + 60_000,
    correlationId: input.orderId,
  };
}

const event = (batch: number): SQSEvent => ({
  Records: Array.from({ length: batch }, () => ({
    messageId: crypto.randomUUID(),
    receiptHandle: 'receipt',
    body: JSON.stringify(body()),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:hold-stock',
    awsRegion: 'us-east-1',
  })),
});

async function measure({ calls, batch }: Asked): Promise<Measured> {
  const events = Array.from({ length: calls }, () => event(batch));
  const times: number[] = [];
  const before = process.cpuUsage();
  for (const each of events) {
    const begun = performance.now();
    const answer = await handler(each, context);
    times.push(performance.now() - begun);
    if (answer?.batchItemFailures?.length) throw new Error(`${file} failed: ${JSON.stringify(answer)}`);
  }
  const { user, system } = process.cpuUsage(before);
  return { times, cpu: (user + system) / 1_000, resident: process.memoryUsage.rss() };
}

process.on('message', async (asked: Asked) => process.send?.(await measure(asked)));
process.on('disconnect', () => process.exit());
process.send?.('ready');
