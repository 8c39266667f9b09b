import { DynamoDBClient, type DynamoDBClientConfig, type DynamoDBClientResolvedConfig } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { defaults } from '../contract/index.ts';
import { Sha256 } from './sha256.ts';

/** Makes something when it is first asked for. */
export const lazily = <T>(make: () => T): (() => T) => {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
};

/**
 * A logger without `info`. To one that has it, even if it does nothing, the SDK hands what went in and came out of every
 * call, filtered field by field.
 */
const logger = { trace: nothing, debug: nothing, warn: console.warn, error: nothing } as unknown as NonNullable<
  Settings['logger']
>;

function nothing(): void {}

type Settings = Pick<DynamoDBClientConfig, 'maxAttempts' | 'logger' | 'sha256'>;

/** What every client of the runtime is made with. */
export const clientSettings: Settings = { maxAttempts: defaults.sdkAttempts, logger, sha256: Sha256 };

/** The SDK makes a signer for every request. These clients sign all of theirs alike: for one service, in one region. */
function withOneSigner<Client extends { readonly config: Pick<DynamoDBClientResolvedConfig, 'signer'> }>(
  client: Client,
): Client {
  const { config } = client;
  const makeSigner = config.signer;
  let made: ReturnType<typeof makeSigner> | undefined;
  config.signer = (scheme) => {
    made ??= makeSigner(scheme).catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
  return client;
}

/** Made when first used: an atom that never answers a token pays for no client. */
export const clients = {
  dynamoDB: lazily(() => withOneSigner(new DynamoDBClient(clientSettings))),
  stepFunctions: lazily(() => withOneSigner(new SFNClient(clientSettings))),
  sqs: lazily(() => withOneSigner(new SQSClient(clientSettings))),
};
