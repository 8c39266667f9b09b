import { processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { parse } from '@aws-lambda-powertools/parser';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { SendTaskFailureCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import { dynamoDB, logger, metrics, persistenceStore, processor, stepFunctions, tracer } from './powertools.ts';
import { Held, HoldStock } from './schema.ts';

const config = new IdempotencyConfig({ eventKeyJmesPath: 'executionId', expiresAfterSeconds: 14 * 86_400 });

const holdStock = makeIdempotent(
  async ({ executionId, input }: z.infer<typeof HoldStock>): Promise<z.infer<typeof Held>> => {
    const holdId = executionId;
    await dynamoDB.send(
      new PutItemCommand({
        TableName: process.env.HOLDS_TABLE,
        Item: marshall({ holdId, orderId: input.orderId, lines: input.lines, state: 'held' }),
      }),
    );
    return Held.parse({ holdId });
  },
  { persistenceStore, config },
);

const recordHandler = async (record: SQSRecord): Promise<void> => {
  const subsegment = tracer.getSegment()?.addNewSubsegment('### holdStock');
  const message = parse(JSON.parse(record.body), undefined, HoldStock);
  try {
    const held = await holdStock(message);
    await stepFunctions.send(
      new SendTaskSuccessCommand({ taskToken: message.taskToken, output: JSON.stringify(held) }),
    );
    logger.info('held', { orderId: message.input.orderId, holdId: held.holdId });
    metrics.addMetric('held', MetricUnit.Count, 1);
  } catch (error) {
    logger.error('not held', error as Error);
    metrics.addMetric('notHeld', MetricUnit.Count, 1);
    subsegment?.addError(error as Error);
    await stepFunctions.send(
      new SendTaskFailureCommand({
        taskToken: message.taskToken,
        error: (error as Error).name,
        cause: JSON.stringify({ message: (error as Error).message }),
      }),
    );
  } finally {
    subsegment?.close();
  }
};

export const handler = async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  logger.addContext(context);
  config.registerLambdaContext(context);
  metrics.captureColdStartMetric(context.functionName);
  const segment = tracer.getSegment();
  const subsegment = segment?.addNewSubsegment('## handler');
  if (subsegment) tracer.setSegment(subsegment);
  tracer.annotateColdStart();
  tracer.addServiceNameAnnotation();
  try {
    return (await processPartialResponse(event, recordHandler, processor, { context })) as SQSBatchResponse;
  } finally {
    metrics.publishStoredMetrics();
    subsegment?.close();
    if (segment) tracer.setSegment(segment);
  }
};
