import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { AtomName } from '../asl/index.ts';
import type { Plan } from '../workflow/index.ts';
import type { AtomContract } from './atom-contract.ts';
import type { IAtom } from './atom-reference.ts';
import type { DeadLetterDesk } from './dead-letter-office.ts';
import type { FunctionHostingProps } from './hosting.ts';
import type { Names } from './names.ts';

/** What workflows and atoms share, made in this stack or anywhere else in the account. */
export interface IPlatform {
  readonly names: Names;
  /** What constructs that use it inherit, unless they say otherwise. */
  readonly hosting: FunctionHostingProps;
  /** Shortens every time for tests; see `scaled`. 1 is real time. */
  readonly timeScale: number;
  /** Keeps the steps' records: partition key `execution`, sort key `step`. */
  readonly records: ITable;
  /** Hears of alarms, dead letters and parked steps. */
  readonly operators: ITopic;
  /** Carries domain events. */
  readonly bus: IEventBus;
  /** Where rules tell of executions that ended from outside. */
  readonly undoQueue: IQueue;
  /** Where rules tell of executions that ended, however they did, for clients that wait. */
  readonly resultQueue: IQueue;
  /** Who answers the dead letters of atoms. */
  readonly deadLetterDesk: DeadLetterDesk;
  /** One of the platform's own atoms, which compiled workflows use; undefined for any other. */
  atom(name: AtomName): IAtom | undefined;
  /**
   * Lets what is shared answer the dead letters of an atom.
   * @param encryptionKey of the atom's queues
   */
  serveAtom(atom: AtomContract, encryptionKey?: IKey): void;
  /** Lets what is shared work for a workflow, and keep how its executions end if that is wanted. */
  serveWorkflow(plan: Plan, options: { readonly keepResults: boolean }): void;
}
