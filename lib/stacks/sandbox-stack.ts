import { Fn, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { type DependencyEndpoint, LiveFunction } from '../constructs/index.ts';
import { defaults, inSeconds, sum } from '../contract/index.ts';
import { playedProviders, sandboxBundle } from './bundles.ts';
import type { House } from './house.ts';
import { SANDBOX_FAULTS, SANDBOX_LEDGER } from './names.ts';

export interface SandboxStackProps extends StackProps {
  readonly house: House;
}

/** The outside providers, played by Lambdas behind URLs, with a ledger that says what they did. */
export class SandboxStack extends Stack {
  /** By dependency name. */
  readonly endpoints: Readonly<Record<string, DependencyEndpoint>>;

  constructor(scope: Construct, id: string, { house, ...props }: SandboxStackProps) {
    super(scope, id, {
      ...props,
      description: 'The outside providers, played: for demonstrations, tests and heartbeats.',
    });
    const ledger = this.#table('Ledger', SANDBOX_LEDGER);
    const faults = this.#table('Faults', SANDBOX_FAULTS);
    // Only this account can read it, and it costs no secret: it guards play money.
    const key = Fn.select(2, Fn.split('/', this.stackId));
    this.endpoints = Object.fromEntries(
      playedProviders(house.found).map((provider) => {
        const { alias, role } = new LiveFunction(this, provider, {
          functionName: sandboxBundle(provider),
          description: `Plays the provider "${provider}", faults included.`,
          code: house.code(sandboxBundle(provider)),
          // Longer than any atom waits: a slow provider answers after its caller has gone.
          timeoutSeconds: inSeconds(sum(defaults.timeout, defaults.serviceCallTimeout)),
          environment: { LEDGER_TABLE: ledger.tableName, FAULTS_TABLE: faults.tableName, API_KEY: key },
        });
        for (const table of [ledger, faults]) {
          role.addToPolicy(
            new PolicyStatement({ actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'], resources: [table.tableArn] }),
          );
        }
        // Outside providers are reached over the internet and check a key themselves.
        const { url } = alias.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
        return [provider, { url, key }];
      }),
    );
  }

  #table(id: string, tableName: string): Table {
    return new Table(this, id, {
      tableName,
      partitionKey: { name: 'id', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: false },
      removalPolicy: RemovalPolicy.DESTROY,
    });
  }
}
