/** A workflow is declared wrongly. Thrown where it is built, so that the stack names the caller's line. */
export class WorkflowError extends Error {
  override readonly name = 'WorkflowError';
}
