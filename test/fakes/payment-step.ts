/** A step whose effect is a provider's (`bank.ts`), in every state that its record can have. */
import { expect } from '@jest/globals';
import type { Envelope, Verb } from '../../lib/contract/index.ts';
import { providerKey } from '../../lib/runtime/context.ts';
import type { StepKey, StepRecord } from '../../lib/runtime/record.ts';
import { Bank } from './bank.ts';
import { envelope } from './delivery.ts';
import type { Stage } from './protocol.ts';

export const VALUE = { chargeId: 'charge of 7' };
export const INPUT = { amount: 7 };

export const attempted = {
  status: 'INPROGRESS',
  owner: 'earlier',
  attempts: 1,
  firstAttempt: Date.now(),
  input: INPUT,
} as const;
const ended = { status: 'COMPLETED', attempts: 1, input: INPUT } as const;

/** The states of a record, as earlier attempts leave them. */
export const states = {
  absent: undefined,
  running: { ...attempted, lease: Date.now() + 60_000 },
  'running and being settled': { ...attempted, lease: Date.now() + 60_000, fencing: true },
  open: { ...attempted, lease: 0 },
  'open since a crash': { ...attempted, lease: Date.now() - 10_000 },
  'open and being settled': { ...attempted, lease: 0, fencing: true },
  'not attempted': { status: 'INPROGRESS', owner: 'earlier', lease: 0, attempts: 0, input: INPUT },
  done: { ...ended, outcome: { value: VALUE } },
  declined: { ...ended, outcome: { declined: { name: 'CardDeclined', payload: { reason: 'empty' } } } },
  fenced: { ...ended, outcome: { fenced: 'settled before any attempt' } },
  'done and undone': { ...ended, outcome: { value: VALUE }, undoneAt: 1 },
} as const satisfies Record<string, Partial<StepRecord> | undefined>;
export type State = keyof typeof states;

/** What a state machine hears of it. */
export const output = { output: VALUE };
export const declined = { error: 'Declared.CardDeclined', cause: { reason: 'empty' } };
export const fenced = { error: 'Fenced', cause: { message: expect.any(String) } };

export interface PaymentStep {
  readonly bank: Bank;
  readonly key: StepKey;
  readonly providerKey: string;
  message(verb: Verb, more?: object): Envelope;
  record(): Promise<StepRecord | undefined>;
}

let orders = 0;

/** A fresh order whose step `payment` stands in a state. */
export async function paymentStep(stage: Stage, state: State, bank = new Bank()): Promise<PaymentStep> {
  orders += 1;
  const key = { execution: `ship-order:o-${orders}-`, step: 'payment' };
  const left = states[state];
  if (left) await stage.leave({ ...left, ...key });
  return {
    bank,
    key,
    providerKey: providerKey(key),
    message: (verb, more = {}) =>
      envelope({
        ...key,
        verb,
        contract: verb === 'undo' ? 'refund-card@1.0.0' : 'charge-card@1.0.0',
        ...(verb === 'do' ? { input: INPUT } : {}),
        ...more,
      }),
    record: () => stage.record(key),
  };
}
