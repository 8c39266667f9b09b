import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';

/** The services that a workflow's client talks to. */
export interface AwsClients {
  readonly stepFunctions: SFNClient;
  readonly dynamoDB: DynamoDBClient;
  readonly ssm: SSMClient;
}

/** Where the workflow is deployed. Credentials are found as the AWS SDK finds them. */
export interface ConnectionOptions {
  /** Left out, as the AWS SDK finds it: `AWS_REGION`, or the profile. */
  readonly region?: string;
  /** An emulator's. Left out, AWS itself, or `AWS_ENDPOINT_URL`. */
  readonly endpoint?: string;
  /** The prefix of the platform that the workflow is deployed with. Left out, none. */
  readonly prefix?: string;
  /** Clients with settings of your own, such as another account's credentials. Left out, they are made at first use. */
  readonly clients?: AwsClients;
}

/** Clients that are made when they are first asked for. */
export class LazyClients implements AwsClients {
  readonly #settings: { readonly region?: string; readonly endpoint?: string };
  #stepFunctions: SFNClient | undefined;
  #dynamoDB: DynamoDBClient | undefined;
  #ssm: SSMClient | undefined;

  constructor({ region, endpoint }: ConnectionOptions) {
    this.#settings = { ...(region ? { region } : {}), ...(endpoint ? { endpoint } : {}) };
  }

  get stepFunctions(): SFNClient {
    this.#stepFunctions ??= new SFNClient(this.#settings);
    return this.#stepFunctions;
  }

  get dynamoDB(): DynamoDBClient {
    this.#dynamoDB ??= new DynamoDBClient(this.#settings);
    return this.#dynamoDB;
  }

  get ssm(): SSMClient {
    this.#ssm ??= new SSMClient(this.#settings);
    return this.#ssm;
  }
}
