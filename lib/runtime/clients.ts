import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { defaults } from '../contract/index.ts';

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

const settings = { maxAttempts: defaults.sdkAttempts };

/** Made when first used: an atom that never answers a token pays for no client. */
export const clients = {
  dynamoDB: once(() => new DynamoDBClient(settings)),
  stepFunctions: once(() => new SFNClient(settings)),
  events: once(() => new EventBridgeClient(settings)),
  sqs: once(() => new SQSClient(settings)),
};
