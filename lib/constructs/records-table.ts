import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

export interface RecordsTableProps {
  /** Left out, CloudFormation names it. */
  readonly tableName?: string;
  /** Left out, a key that AWS owns. */
  readonly encryptionKey?: IKey;
  /** What becomes of it when it leaves the stack. Left out, it is kept and protected from deletion. */
  readonly removalPolicy?: RemovalPolicy;
}

/**
 * The steps' records: what was done, attempted, refused, undone and parked, an item a step key. No TableV2: with a key
 * of its own that one can't be synthesised into a stack without a region, which is what `cdk init` gives.
 */
export class RecordsTable extends Table {
  constructor(scope: Construct, id: string, { tableName, encryptionKey, removalPolicy }: RecordsTableProps = {}) {
    super(scope, id, {
      ...(tableName ? { tableName } : {}),
      partitionKey: { name: 'execution', type: AttributeType.STRING },
      sortKey: { name: 'step', type: AttributeType.STRING },
      timeToLiveAttribute: 'expiry',
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...(encryptionKey ? { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey } : {}),
      ...protection(removalPolicy ?? RemovalPolicy.RETAIN),
    });
    // Sparse: only rows that wait for a person have these attributes.
    this.addGlobalSecondaryIndex({
      indexName: 'parked',
      partitionKey: { name: 'parkedIn', type: AttributeType.STRING },
      sortKey: { name: 'parkedAt', type: AttributeType.STRING },
      projectionType: ProjectionType.ALL,
    });
  }
}

/** Point-in-time recovery, and no deletion by mistake unless it is said that the table may go. */
export const protection = (removalPolicy: RemovalPolicy) => ({
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  deletionProtection: removalPolicy !== RemovalPolicy.DESTROY,
  removalPolicy,
});
