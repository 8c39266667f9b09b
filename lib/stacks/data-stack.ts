import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table as DynamoDbTable } from 'aws-cdk-lib/aws-dynamodb';
import { Archive, EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { protection, RecordsTable } from '../constructs/index.ts';
import type { Table } from '../contract/index.ts';
import { DiscoveryError, type FoundAtom } from './discovery.ts';
import { BUS, RECORDS_TABLE, tableNameOf } from './names.ts';

export interface DataStackProps extends StackProps {
  readonly atoms: readonly FoundAtom[];
}

/** Everything that must survive: the steps' records, the domains' tables, the event bus and its log. */
export class DataStack extends Stack {
  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, {
      ...props,
      description: 'What must survive: the steps’ records, the domains’ tables, the event bus and its log.',
      terminationProtection: true,
    });
    new RecordsTable(this, 'Records', { tableName: RECORDS_TABLE });
    for (const table of tablesOf(props.atoms)) this.#domainTable(table);
    const bus = new EventBus(this, 'Bus', {
      eventBusName: BUS,
      description: 'Domain events: they start workflows, and workflows publish them.',
    });
    bus.applyRemovalPolicy(RemovalPolicy.RETAIN);
    // Kept for ever: state can be rebuilt from it.
    const archive = new Archive(this, 'EventLog', {
      archiveName: BUS,
      description: 'Every domain event.',
      sourceEventBus: bus,
      eventPattern: { account: [this.account] },
    });
    archive.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }

  #domainTable({ name, partitionKey, sortKey }: Table): void {
    new DynamoDbTable(this, `Table-${name}`, {
      tableName: tableNameOf(name),
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      ...(sortKey ? { sortKey: { name: sortKey, type: AttributeType.STRING } } : {}),
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...protection(RemovalPolicy.RETAIN),
    });
  }
}

/**
 * The tables that atoms use, once each.
 * @throws DiscoveryError if two contracts mean different tables by one name
 */
function tablesOf(atoms: readonly FoundAtom[]): readonly Table[] {
  const tables = new Map<string, { readonly table: Table; readonly by: string }>();
  for (const { contract } of atoms) {
    for (const use of contract.uses) {
      if (use.kind !== 'table') continue;
      const { table } = use;
      const known = tables.get(table.name);
      if (known && (known.table.partitionKey !== table.partitionKey || known.table.sortKey !== table.sortKey)) {
        throw new DiscoveryError(
          `The table "${table.name}" has the key ${keyText(known.table)} in ${known.by} and ${keyText(table)} in ${contract.name}. Declare it once and import it, or give it another name.`,
        );
      }
      tables.set(table.name, known ?? { table, by: contract.name });
    }
  }
  return [...tables.values()].map(({ table }) => table);
}

const keyText = ({ partitionKey, sortKey }: Table): string => (sortKey ? `${partitionKey} + ${sortKey}` : partitionKey);
