/** What was asked for cannot be written. Nothing was; the message says what to ask for instead. */
export class ScaffoldError extends Error {
  override readonly name = 'ScaffoldError';
}
