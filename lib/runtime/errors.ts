import { ErrorName } from '../contract/index.ts';
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

/** A value breaks the contract; the message names the place. */
export class ContractBroken extends AtomError {
  static override readonly [KIND]: string = 'ContractBroken';
  override readonly name = ErrorName.Contract;
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

/** Another attempt holds the key. Not answered: the message comes back when the lease is over. */
export class Running extends Error {
  override readonly name = 'Running';
  readonly until: number;

  /** @param until epoch milliseconds at which the lease counts as over */
  constructor(until: number) {
    super(`Another attempt is running until ${new Date(until).toISOString()}.`);
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
