import { withReplacedProcess } from './replaced.ts';

/**
 * For many runs, one after another: what each needs of the process is put in its place once for all, and errors are made
 * without a stack trace. A fault is an error, often several; among many thousand runs nobody reads where each was made,
 * and to find it out takes longer than the rest of the fault.
 */
export function forManyRuns<T>(act: () => Promise<T>): Promise<T> {
  return withReplacedProcess(async () => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      return await act();
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  });
}
