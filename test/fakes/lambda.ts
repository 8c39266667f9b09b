/**
 * The world round a simulated function: virtual time, and calls that are answered after a second each. Faithful in what
 * an invocation may ask of it; it plays no faults.
 */
import type { Around, Code, InvocationEnd, InvocationSettings } from '../../lib/simulation/functions/invocation.ts';
import { withReplacedProcess } from '../../lib/simulation/process/replaced.ts';
import { Timeline } from '../../lib/simulation/time/timeline.ts';

export const CALL_MILLISECONDS = 1_000;
export const TIMEOUT_MILLISECONDS = 10_000;

export class LambdaWorld {
  readonly timeline = new Timeline(0);
  /** What code asked of AWS, of providers and of the log, with the time. */
  readonly asked: string[] = [];
  readonly around: Around;
  #ids = 0;

  constructor({ clockError = 0 }: { readonly clockError?: number } = {}) {
    const { timeline } = this;
    const answered = (what: string): Promise<string> => {
      this.note(what);
      return new Promise((resolve) => timeline.after(CALL_MILLISECONDS, () => resolve(what)));
    };
    this.around = {
      now: () => timeline.now,
      random: () => 0.5,
      uuid: () => {
        this.#ids += 1;
        return `id-${this.#ids}`;
      },
      clockError: () => clockError,
      after: (milliseconds, act) => timeline.after(milliseconds, act),
      send: (invocation, command) =>
        answered(command.constructor.name).then((value) => new Promise((resolve) => invocation.answer(resolve, value))),
      fetch: (invocation, address) =>
        answered(address).then(() => new Promise((resolve) => invocation.answer(resolve, new Response('fetched')))),
      log: ([line]) => this.note(String(line)),
    };
  }

  note(what: string): void {
    this.asked.push(`${this.timeline.now} ${what}`);
  }

  settings(code: Code, more: Partial<InvocationSettings> = {}): InvocationSettings {
    return { functionName: 'work', code, variables: {}, timeoutMilliseconds: TIMEOUT_MILLISECONDS, ...more };
  }

  /** Runs until nothing is to happen any more, or until some time. */
  run(until = Number.POSITIVE_INFINITY): Promise<void> {
    return withReplacedProcess(() => this.timeline.run({ until }));
  }
}

/** An end as a line: `threw Error: no`. */
export function told(end: InvocationEnd): string {
  if (end.kind === 'returned') return `returned ${JSON.stringify(end.value)}`;
  return end.kind === 'threw' ? `threw ${end.error.name}: ${end.error.message}` : end.kind;
}
