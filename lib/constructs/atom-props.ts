import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IEmailIdentity } from 'aws-cdk-lib/aws-ses';
import type { AtomContract } from './atom-contract.ts';
import type { CodeProps } from './code.ts';
import type { FunctionHostingProps } from './hosting.ts';
import type { IPlatform } from './platform-reference.ts';

/** Where a provider answers, and what it lets us in with. */
export interface DependencyEndpoint {
  readonly url: string;
  /** May be a dynamic reference to a secret, `{{resolve:secretsmanager:…}}`. */
  readonly key: string;
}

export interface AtomProps extends FunctionHostingProps, CodeProps {
  readonly contract: AtomContract;
  /** What it shares with others. Its hosting (key, network, boundary …) is inherited where nothing else is said. */
  readonly platform: IPlatform;
  /** The tables that the contract uses, by name. Required for each that it names. */
  readonly tables?: Readonly<Record<string, ITable>>;
  /** The provider that the contract depends on. Required if it names one. */
  readonly dependency?: DependencyEndpoint;
  /** The address that mail comes from. Required if the contract sends mail. */
  readonly mailFrom?: string;
  /** SES's identity of that address or of its domain. Left out, that of the address. */
  readonly mailIdentity?: IEmailIdentity;
  /** Batches that run at a time, 2 to 1,000: a slow dependency can't drain the account. Left out, ten. */
  readonly maxConcurrency?: number;
  /** More than `maxConcurrency`, so that settling is never kept waiting by the atom's own backlog. Left out, none. */
  readonly reservedConcurrency?: number;
  /** MiB. Left out, 512. */
  readonly memorySize?: number;
  /** More environment variables for the handler. Left out, none. */
  readonly environment?: Readonly<Record<string, string>>;
}
