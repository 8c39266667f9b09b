import { ContractDefinitionError } from './errors.ts';
import { checkName } from './version.ts';

/** What an atom may touch inside the account beside its own records. Declared, so that its role allows just that. */
export type Resource = TableUse | MailUse;

/** A DynamoDB table of the domain. */
export interface Table {
  readonly kind: 'table';
  readonly name: string;
  readonly partitionKey: string;
  readonly sortKey?: string;
  /** What an atom does with the table: names of DynamoDB actions, which its role then allows. */
  allow(...actions: TableAction[]): TableUse;
}

export type TableAction = 'GetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'ConditionCheckItem';

export interface TableUse {
  readonly kind: 'table';
  readonly table: Table;
  readonly actions: readonly TableAction[];
}

/** Sending mail through SES from one verified address. */
export interface MailUse {
  readonly kind: 'mail';
}

/** Something outside that can be down: it will own a circuit breaker and a bulkhead. */
export interface Dependency {
  readonly kind: 'dependency';
  readonly name: string;
}

/** @param key the names of the key attributes, both strings */
export function table(name: string, key: { readonly partitionKey: string; readonly sortKey?: string }): Table {
  if (name === RECORDS) {
    throw new ContractDefinitionError(
      `Table "${name}"`,
      'The steps’ own records are kept under that name.',
      'Give it another one; it need not be the physical name.',
    );
  }
  const made: Table = {
    kind: 'table',
    name: checkName('Table', name),
    ...key,
    allow: (...actions) => Object.freeze({ kind: 'table', table: made, actions: Object.freeze(actions) }),
  };
  return Object.freeze(made);
}

/** What a function finds the steps' records by. */
const RECORDS = 'records';

export const mail: MailUse = Object.freeze({ kind: 'mail' });

export const dependency = (name: string): Dependency =>
  Object.freeze({ kind: 'dependency', name: checkName('Dependency', name) });

/** `inventory` → `INVENTORY_TABLE`: where the runtime finds what the stack has given the atom. */
export const environmentNames = {
  table: (name: string): string => `${constant(name)}_TABLE`,
  dependencyUrl: (name: string): string => `${constant(name)}_URL`,
  dependencyKey: (name: string): string => `${constant(name)}_KEY`,
  mailFrom: 'MAIL_FROM',
} as const;

const constant = (name: string): string => name.replaceAll('-', '_').toUpperCase();
