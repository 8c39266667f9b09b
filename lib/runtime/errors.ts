import { ErrorName, type Issue } from '../contract/index.ts';
import { isOfKind, KIND } from './kind.ts';

/** What an atom can answer beside its declared failures. The name is what the state machine's retriers match. */
export abstract class AtomError extends Error {
  static readonly [KIND]: string = 'AtomError';
  abstract override readonly name: ErrorName;

  static override [Symbol.hasInstance](candidate: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: what extends this class inherits it, and means itself
    return isOfKind(this, candidate);
  }
}

/** Worth trying again: a provider that did not answer, a throttled table. Any unknown error counts as one. */
export class Transient extends AtomError {
  static override readonly [KIND]: string = 'Transient';
  override readonly name = ErrorName.Transient;
}

/** Surely nothing was done: the connection was refused, the breaker is open. Takes the attempt back. */
export class NotAttempted extends Transient {
  static override readonly [KIND]: string = 'NotAttempted';
}

/** Who asked for what was broken, and who found it so. */
export interface Parties {
  /** The step that asked: `<workflow>:<root execution name>/<step path>`. */
  readonly producer: string;
  /** The contract that the producer was compiled against: `charge-payment@1.0.0`. */
  readonly compiledAgainst: string;
  /** The contract of the atom that was asked: `charge-payment@1.2.0`. */
  readonly consumer: string;
}

/** Facts of a broken contract, as far as they are known where it is thrown. */
export interface BrokenFacts extends ErrorOptions, Partial<Parties> {
  /** Each place that is wrong. None where it is not a value's shape that is. */
  readonly issues?: readonly Issue[];
}

/**
 * A value breaks the contract: the same value will break it again. Message and fields name the place, the step that
 * asked, and the versions on both sides.
 */
export class ContractBroken extends AtomError {
  static override readonly [KIND]: string = 'ContractBroken';
  override readonly name = ErrorName.Contract;
  /** See `Parties`; undefined until the runtime has told them. */
  readonly producer: string | undefined;
  readonly compiledAgainst: string | undefined;
  readonly consumer: string | undefined;
  readonly issues: readonly Issue[];
  /** The first place that is wrong, such as `lines[0].quantity`; empty for the value itself, undefined for none. */
  readonly path: string | undefined;

  constructor(message: string, { issues = [], producer, compiledAgainst, consumer, ...options }: BrokenFacts = {}) {
    super(message, options);
    this.producer = producer;
    this.compiledAgainst = compiledAgainst;
    this.consumer = consumer;
    this.issues = issues;
    this.path = issues[0]?.path;
  }
}

/** A broken contract with its parties told, in the message too. Any other error, and one that has them, is itself. */
export function betweenParties(error: unknown, parties: Parties): unknown {
  if (!(error instanceof ContractBroken) || error.producer !== undefined) return error;
  const { producer, compiledAgainst, consumer } = parties;
  const sentence = /[.!?]$/.test(error.message) ? error.message : `${error.message}.`;
  const told = `${sentence} Producer: ${producer}, compiled against ${compiledAgainst}. Consumer: ${consumer}.`;
  return new ContractBroken(told, { ...parties, issues: error.issues, cause: error.cause });
}

/** The step was settled as not happened, or has been undone. */
export class Fenced extends AtomError {
  static override readonly [KIND]: string = 'Fenced';
  override readonly name = ErrorName.Fenced;
}

/** Nobody can tell whether the effect happened. */
export class OutcomeUnknown extends AtomError {
  static override readonly [KIND]: string = 'OutcomeUnknown';
  override readonly name = ErrorName.OutcomeUnknown;
}

/** Another attempt holds the key, or may still come to its effect. Not answered: the message comes back when that is over. */
export class Running extends Error {
  override readonly name = 'Running';
  readonly until: number;

  /** @param until epoch milliseconds at which the lease counts as over */
  constructor(until: number, what = 'Another attempt is running') {
    super(`${what} until ${new Date(until).toISOString()}.`);
    this.until = until;
  }
}

/** A message that is no envelope. */
export class MalformedEnvelope extends Error {
  override readonly name = 'MalformedEnvelope';
  readonly token: string | undefined;

  constructor(reason: string, token: string | undefined) {
    super(reason);
    this.token = token;
  }
}
