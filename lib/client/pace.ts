import { delay } from './delay.ts';

/** Lets callers through in the order in which they came, evenly, at most so many a second. */
export class Pace {
  readonly #interval: number;
  #free = 0;

  constructor(perSecond: number) {
    this.#interval = 1_000 / perSecond;
  }

  /** Resolves when it is the caller's turn. */
  async turn(): Promise<void> {
    const now = performance.now();
    const at = Math.max(now, this.#free);
    this.#free = at + this.#interval;
    if (at > now) await delay(at - now);
  }
}
