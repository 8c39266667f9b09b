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

/**
 * What a definition says of the machine that undoes its executions, in its comment: an execution is undone by the plan
 * that it was begun with, whatever was deployed since.
 */
export const undoneBy = (undoVersionArn: string): string => `${UNDONE_BY}${undoVersionArn}`;

/** The undo machine's version that a definition names, if it names one. */
export const undoVersionIn = (comment: string): string | undefined => comment.split(UNDONE_BY)[1];

const UNDONE_BY = 'Undone by ';

/** Prefixes of the error with which an execution ends that has compensated itself: the undo machine leaves it alone. */
export const CompensatedPrefix = Object.freeze({ compensated: 'Compensated.', parked: 'Parked.' });
