/** One thing wrong with a value, in the schema library's own words. */
export interface Issue {
  /** Where in the value, as a person would write it: `lines[0].quantity`; empty for the value itself. */
  readonly path: string;
  readonly message: string;
  /** What stood there, as JSON, cut to 120 characters. */
  readonly received: string;
}

/** A contract, event or resource is declared wrongly. Thrown where it is declared; `fix` says what to write. */
export class ContractDefinitionError extends Error {
  override readonly name = 'ContractDefinitionError';
  readonly subject: string;
  readonly fix: string;

  constructor(subject: string, problem: string, fix: string) {
    super(`${subject}: ${problem} ${fix}`);
    this.subject = subject;
    this.fix = fix;
  }
}

/**
 * A value breaks a contract. Terminal: the same value will break it again, so nobody retries.
 * The message lists each place: path, what was received, what is allowed.
 */
export class ContractViolation extends Error {
  override readonly name = 'ContractViolation';
  readonly what: string;
  readonly issues: readonly Issue[];

  constructor(what: string, issues: readonly Issue[]) {
    const places = issues.map(
      ({ path, message, received }) => `${path || 'the value'}: ${message} (received ${received})`,
    );
    super(`The ${what} breaks its contract. ${places.join('; ')}`);
    this.what = what;
    this.issues = issues;
  }
}
