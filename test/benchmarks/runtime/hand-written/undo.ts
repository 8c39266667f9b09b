import { processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { parse } from '@aws-lambda-powertools/parser';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { SendTaskFailureCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import { dynamoDB, logger, metrics, persistenceStore, processor, stepFunctions, tracer } from './powertools.ts';
import { Held, ReleaseStock } from './schema.ts';

const config = new IdempotencyConfig({ eventKeyJmesPath: '[executionId, `undo`]', expiresAfterSeconds: 14 * 86_400 });

const releaseStock = makeIdempotent(
  async ({ input }: z.infer<typeof ReleaseStock>): Promise<z.infer<typeof Held>> => {
    await dynamoDB.send(
      new DeleteItemCommand({
        TableName: process.env.HOLDS_TABLE,
        Key: marshall({ holdId: input.holdId }),
      }),
    );
    return Held.parse(input);
  },
  { persistenceStore, config },
);

const recordHandler = async (record: SQSRecord): Promise<void> => {
  const subsegment = tracer.getSegment()?.addNewSubsegment('### releaseStock');
  const message = parse(JSON.parse(record.body), undefined, ReleaseStock);
  try {
    const held = await releaseStock(message);
    await stepFunctions.send(
      new SendTaskSuccessCommand({ taskToken: message.taskToken, output: JSON.stringify(held) }),
    );
    logger.info('released', held);
    metrics.addMetric('released', MetricUnit.Count, 1);
  } catch (error) {
    logger.error('not released', error as Error);
    metrics.addMetric('notReleased', MetricUnit.Count, 1);
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
