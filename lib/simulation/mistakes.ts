/**
 * A test asked for something that is not there, or the handler did what the deployed atom could not do: a call for which
 * the test gives no answer, a write that its role does not allow, an expression that DynamoDB refuses. No handler hears
 * of it as an answer: `runAtom` throws it. The message says what to change.
 */
export class AtomTestError extends Error {
  override readonly name = 'AtomTestError';
}
