/** What was saved can't go live; what was live stays. The message says why, where it can with file and line. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

/** Development needs something that it does not have. The message says what to change. */
export class DevelopmentError extends Error {
  override readonly name = 'DevelopmentError';
}
