/** Somebody asked for the end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  override readonly message = 'Interrupted.';
}

/** A way to end what is going on, from outside and from within. */
export interface Interruption {
  readonly signal: AbortSignal;
  interrupt(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A terminal sends Ctrl+C to every process in front, and some pass it on: what follows at once is the same one. */
const SAME_MS = 500;

/** What a shell expects of a program that was ended by Ctrl+C. */
export const INTERRUPTED_CODE = 130;

/**
 * Aborts its signal when the process is asked to end. Asked a second time, it ends at once: what it started in groups of
 * their own is killed by their `exit` handlers.
 */
export function listenForInterruption(): Interruption {
  const controller = new AbortController();
  let first: number | undefined;
  const interrupt = (): void => {
    const now = performance.now();
    first ??= now;
    if (!controller.signal.aborted) controller.abort(new Interrupted());
    else if (now - first > SAME_MS) process.exit(INTERRUPTED_CODE);
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  // Whoever read the output went away, as `head` does, or the terminal was closed: nobody is left to show anything to.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', interrupt);
  return { signal: controller.signal, interrupt };
}
