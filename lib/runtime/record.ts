import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { defaults } from '../contract/index.ts';
import type { Outcome } from './outcome.ts';

/** The key of one step's record. */
export interface StepKey {
  readonly execution: string;
  readonly step: string;
}

/** The record of a key. Statuses are those of Powertools' idempotency; beside them stands what docs/protocol.md needs. */
export interface StepRecord extends StepKey {
  readonly status: 'INPROGRESS' | 'COMPLETED';
  /** Who attempts it at the moment. */
  readonly owner?: string;
  /** Epoch milliseconds until which the owner has it; 0 when it was given back. */
  readonly lease?: number;
  /** How often the effect may have been attempted. */
  readonly attempts?: number;
  /** Epoch milliseconds of the first attempt: the provider's key counts from there. */
  readonly firstAttempt?: number;
  /** Epoch milliseconds at which the last attempt was to be over; stays when the lease is given back. */
  readonly attemptEnds?: number;
  /** Set by settle: no new attempt begins. */
  readonly fencing?: boolean;
  /** Epoch milliseconds at which its undo began: it is not replayed any more. */
  readonly undoneAt?: number;
  readonly input?: unknown;
  readonly outcome?: Outcome;
  /** Epoch seconds after which DynamoDB may delete it. */
  readonly expiry: number;
}

/**
 * When a step may simply be attempted again after an attempt that left it open: always, never, or while the provider
 * remembers the key, which counts from the first attempt (epoch milliseconds).
 */
export type Again = 'always' | 'never' | { readonly firstAttemptAfter: number };

/** What every write of a record says about where it comes from. */
export interface Origin {
  readonly contract: string;
  readonly correlationId: string;
  /** Epoch milliseconds of the last possible delivery. */
  readonly notAfter: number;
}

/** An item of a transaction, in plain JavaScript values. */
export type TransactionItem = {
  readonly [Action in 'Put' | 'Update' | 'Delete' | 'ConditionCheck']?: Record<string, unknown>;
};

/** Why a transaction was not committed: by index of the items after the record, or because the record exists. */
export class NotCommitted extends Error {
  override readonly name = 'NotCommitted';
  readonly failed: number | undefined;
  readonly conflict: boolean;

  /** DynamoDB's codes, one an item. */
  readonly reasons: string;

  constructor(failed: number | undefined, conflict: boolean, reasons: string, cause: unknown) {
    super('The transaction was not committed.', { cause });
    this.reasons = reasons;
    this.failed = failed;
    this.conflict = conflict;
  }
}

/** A conditional write lost: this is what stands there. */
export class Taken extends Error {
  override readonly name = 'Taken';
  readonly record: StepRecord | undefined;

  constructor({ execution, step }: StepKey, record: StepRecord | undefined) {
    super(`The record of ${execution}/${step} is ${record ? record.status : 'absent'}.`);
    this.record = record;
  }
}

export const keyOf = ({ execution, step }: StepKey): StepKey => ({ execution, step });

export const finalRecord = (key: StepKey, outcome: Outcome, input: unknown, origin: Origin): object => ({
  ...keyOf(key),
  status: 'COMPLETED',
  outcome,
  input,
  attempts: 'fenced' in outcome ? 0 : 1,
  contract: origin.contract,
  correlationId: origin.correlationId,
  expiry: expiryOf(origin),
});

/** A record outlives the last possible delivery by a day. */
export const expiryOf = ({ notAfter }: Origin): number =>
  Math.ceil((notAfter + defaults.recordGrace.milliseconds) / 1_000);

export const marshalled = (value: object): Record<string, AttributeValue> =>
  marshall(value as Record<string, unknown>, { removeUndefinedValues: true, allowImpreciseNumbers: true });

/** Numbers are JavaScript's, as in JSON. */
export const recordOf = (item: Record<string, AttributeValue>): StepRecord =>
  unmarshall(item, { wrapNumbers: Number }) as StepRecord;

export function toTransactWriteItem(item: TransactionItem): TransactWriteItem {
  const marshalledItem = Object.entries(item).map(([action, fields]) => [
    action,
    Object.fromEntries(
      Object.entries(fields ?? {}).map(([field, value]) => [
        field,
        field === 'Item' || field === 'Key' || field === 'ExpressionAttributeValues'
          ? marshalled(value as object)
          : value,
      ]),
    ),
  ]);
  return Object.fromEntries(marshalledItem) as TransactWriteItem;
}
