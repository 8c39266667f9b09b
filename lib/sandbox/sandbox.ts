import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Accounts, account } from './account.ts';
import { DynamoDbFaults } from './dynamodb/faults.ts';
import { DynamoDbLedger } from './dynamodb/ledger.ts';
import type { Fault, FaultDefinition, ProviderName } from './faults.ts';
import type { LedgerEntry } from './ledger.ts';

const PROVIDERS: readonly ProviderName[] = ['payments', 'carrier'];

/** Where a deployed sandbox keeps its books. */
export interface SandboxTables {
  readonly client: DynamoDBClient;
  readonly ledgerTable: string;
  readonly faultsTable: string;
}

/**
 * The other side of a deployed sandbox: what its providers are made to do wrong, and what they did.
 *
 * @example
 * const sandbox = new Sandbox({ client, ledgerTable, faultsTable });
 * const fault = await sandbox.setFault({ kind: 'down', provider: 'payments', times: 3 });
 * const { total } = await sandbox.account(); // total.paid, total.underWay
 * await sandbox.clearFaults();
 */
export class Sandbox {
  readonly #tables: SandboxTables;

  constructor(tables: SandboxTables) {
    this.#tables = tables;
  }

  /**
   * From the next call on.
   * @param id names it, so that setting it again replaces it. Made up when left out.
   * @returns the id, for `removeFault`
   */
  async setFault(fault: FaultDefinition, id: string = randomUUID()): Promise<string> {
    await this.#faults(fault.provider).set({ ...fault, id });
    return id;
  }

  async removeFault(provider: ProviderName, id: string): Promise<void> {
    await this.#faults(provider).clear(id);
  }

  /** What providers are made to do wrong at present. One whose `times` are used up is still there. */
  async readFaults(providers: readonly ProviderName[] = PROVIDERS): Promise<readonly Fault[]> {
    return (await Promise.all(providers.map((each) => this.#faults(each).faults()))).flat();
  }

  /** Of one provider, or of all when none is named. */
  async clearFaults(provider?: ProviderName): Promise<void> {
    await Promise.all((provider ? [provider] : PROVIDERS).map((each) => this.#faults(each).clear()));
  }

  /** All that a provider knows, in the order in which it happened. */
  async readLedger(provider: ProviderName): Promise<readonly LedgerEntry[]> {
    return new DynamoDbLedger(this.#tables.client, this.#tables.ledgerTable, provider).entries();
  }

  /** The ledgers of all providers, added up. */
  async account(): Promise<Accounts> {
    const ledgers = await Promise.all(PROVIDERS.map((provider) => this.readLedger(provider)));
    return account(ledgers.flat());
  }

  #faults(provider: ProviderName): DynamoDbFaults {
    return new DynamoDbFaults(this.#tables.client, this.#tables.faultsTable, provider);
  }
}
