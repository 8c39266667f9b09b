import { type Around, Invocation, type InvocationEnd, type InvocationSettings } from './invocation.ts';

/** How long a new instance takes before it receives its first event. */
const COLD_START_MILLISECONDS = 300;

/**
 * A Lambda function: an instance an invocation, started cold when none is free. An instance that timed out, crashed or
 * threw at its start is gone. What it does not play: memory, concurrency limits of the account, and state that instances
 * keep apart (modules are loaded once for all of them).
 */
export class SimulatedFunction {
  readonly #around: Around;
  readonly #settings: InvocationSettings;
  #free = 0;

  constructor(around: Around, settings: InvocationSettings) {
    this.#around = around;
    this.#settings = settings;
  }

  invoke(event: unknown, end: (end: InvocationEnd, invocation: Invocation) => void): void {
    const warm = this.#free > 0;
    if (warm) this.#free -= 1;
    this.#around.after(warm ? 1 : COLD_START_MILLISECONDS, () => {
      const invocation = new Invocation(this.#around, this.#settings, event);
      invocation.run((result) => {
        if (result.kind === 'returned' || result.kind === 'threw') this.#free += 1;
        end(result, invocation);
      });
    });
  }
}
