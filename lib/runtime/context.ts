import { hash } from 'node:crypto';
import { type AnyContract, environmentNames, type Failures, type Table } from '../contract/index.ts';
import { type Chance, chance } from './chance.ts';
import { environment } from './environment.ts';
import { whoseOf, writeLine } from './line.ts';
import { maskingOf } from './masking.ts';
import { DeclaredFailure, type Unchecked } from './outcome.ts';
import { type Provider, provider } from './provider.ts';
import type { StepKey } from './record.ts';

/** What a handler gets beside its input. Everything outside reaches it through here: clock, chance, ids, network, log. */
export interface Context<F extends Failures> extends Chance {
  /** The idempotency key of this step: the same in every attempt, for ever. Base32, 52 characters. */
  readonly key: string;
  /** Partition of the step key: `<workflow>:<root execution name>`. */
  readonly execution: string;
  readonly correlationId: string;
  /** How often the effect was attempted, this time included. */
  readonly attempt: number;
  /** Aborted when the contract's time is over. */
  readonly signal: AbortSignal;
  /** The contract's dependency, with its URL, key and this step's idempotency key filled in. */
  readonly provider: Provider;
  /**
   * The time of day, by the wall clock: a later attempt sees a later one. What must be the same in every attempt, such as
   * the date of an invoice, belongs into the input.
   */
  now(): Date;
  /**
   * The global `fetch`, aborted with the attempt when the contract's time is over, beside a signal of your own. For a
   * provider that the contract names, `provider` is better: it carries the step's idempotency key and tells what may be
   * tried again.
   */
  fetch(address: string | URL, options?: RequestInit): Promise<Response>;
  /**
   * Writes a line of JSON into the function's log, with the correlation id, the execution and the step. Values that the
   * contract marks as personal are masked in it, by the marked properties' names and wherever the input's stand.
   */
  log(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** The name of a table that the contract uses. */
  table(table: Table): string;
  /** A declared failure, to be returned. */
  fail<Name extends keyof F & string>(name: Name, payload: F[Name] | Unchecked): DeclaredFailure;
}

/** What one attempt knows about itself. */
export interface Attempt {
  readonly key: StepKey;
  readonly correlationId: string;
  readonly attempt: number;
  readonly signal: AbortSignal;
  /** As the handler gets it. */
  readonly input: unknown;
}

export function attemptContext(contract: AnyContract, attempt: Attempt): Context<Failures> {
  const { correlationId, signal } = attempt;
  const { execution, step } = attempt.key;
  const masking = maskingOf(contract, () => [attempt.input]);
  let outside: Provider | undefined;
  let key: string | undefined;
  return {
    // Made when it is asked for: a transaction needs none.
    get key() {
      key ??= providerKey(attempt.key);
      return key;
    },
    execution,
    correlationId,
    attempt: attempt.attempt,
    signal,
    get provider() {
      if (!contract.dependency) {
        throw new TypeError(`${contract.name} names no dependency in its contract, so it has no provider.`);
      }
      outside ??= provider(contract.dependency.name, { key: this.key, step: `${execution}/${step}`, signal });
      return outside;
    },
    now: () => new Date(),
    ...chance(attempt.key),
    fetch: (address, options = {}) =>
      fetch(address, { ...options, signal: options.signal ? AbortSignal.any([signal, options.signal]) : signal }),
    log: (message, fields) =>
      writeLine({
        level: 'INFO',
        ...whoseOf(contract),
        message: masking.text(message),
        correlationId,
        execution,
        step,
        attempts: attempt.attempt,
        ...(fields && { fields: JSON.parse(masking.json(fields)) }),
      }),
    table: ({ name }) => environment(environmentNames.table(name)),
    fail: (name, payload) => new DeclaredFailure(name, payload),
  };
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
/** The two letters of ten bits. */
const PAIRS = Array.from({ length: 1024 }, (_, bits) => `${BASE32[bits >>> 5]}${BASE32[bits & 31]}`);

/** Base32 of the SHA-256 of the step key: what an outside provider gets as its idempotency key. */
export function providerKey({ execution, step }: StepKey): string {
  const digest = hash('sha256', `${execution}/${step}`, 'buffer');
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of digest) {
    held = (held << 8) | byte;
    bits += 8;
    if (bits < 10) continue;
    bits -= 10;
    text += PAIRS[held >>> bits];
    held &= (1 << bits) - 1;
  }
  // Six of its 256 bits are left.
  return `${text}${PAIRS[held << (10 - bits)]}`;
}
