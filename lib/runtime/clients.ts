import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { defaults } from '../contract/index.ts';

/** Makes something when it is first asked for. */
export const lazily = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

export const clientSettings = { maxAttempts: defaults.sdkAttempts };

/** Made when first used: an atom that never answers a token pays for no client. */
export const clients = {
  dynamoDB: lazily(() => new DynamoDBClient(clientSettings)),
  stepFunctions: lazily(() => new SFNClient(clientSettings)),
  sqs: lazily(() => new SQSClient(clientSettings)),
};
