/** The handler's code could not be bundled. The message names file and line of each mistake. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}
