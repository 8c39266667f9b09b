/**
 * The closed set of error names that an atom answers beside its declared failures. State machines' retriers and
 * catches match on them.
 */
export const ErrorName = Object.freeze({
  /** Worth trying again. */
  Transient: 'Transient',
  /** The dependency's circuit breaker is open: nothing was attempted. */
  DependencyOpen: 'DependencyOpen',
  /** A value breaks the contract: the same value will break it again. */
  Contract: 'Contract',
  /** The step was settled as not happened; it will not happen any more. */
  Fenced: 'Fenced',
  /** Nobody can tell whether the effect happened. */
  OutcomeUnknown: 'OutcomeUnknown',
  /** The message ended in the dead-letter queue. */
  DeadLettered: 'DeadLettered',
});

export type ErrorName = (typeof ErrorName)[keyof typeof ErrorName];

/** Trying again would give the same answer, so retriers leave these alone. */
export const TERMINAL_ERRORS: readonly ErrorName[] = Object.freeze([
  ErrorName.Contract,
  ErrorName.Fenced,
  ErrorName.OutcomeUnknown,
  ErrorName.DeadLettered,
]);

/** `CardDeclined` → `Declared.CardDeclined`, the error name of a declared failure in a state machine. */
export const declaredErrorName = (failure: string): string => `${DECLARED_PREFIX}${failure}`;

export const DECLARED_PREFIX = 'Declared.';

/** Prefixes of the error with which an execution ends that has compensated itself: the undo machine leaves it alone. */
export const CompensatedPrefix = Object.freeze({ compensated: 'Compensated.', parked: 'Parked.' });
