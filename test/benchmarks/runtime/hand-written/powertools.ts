// Written once for all steps, and not counted as lines of one.
import { BatchProcessor, EventType } from '@aws-lambda-powertools/batch';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';

export const logger = new Logger();
export const metrics = new Metrics();
export const tracer = new Tracer();
export const dynamoDB = tracer.captureAWSv3Client(new DynamoDBClient());
export const stepFunctions = tracer.captureAWSv3Client(new SFNClient());
export const persistenceStore = new DynamoDBPersistenceLayer({
  tableName: process.env.IDEMPOTENCY_TABLE ?? '',
  awsSdkV3Client: dynamoDB,
});
export const processor = new BatchProcessor(EventType.SQS);
