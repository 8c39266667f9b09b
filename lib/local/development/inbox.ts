/** What has come in since the last time. */
export interface Received {
  /** Files that were saved, relative to the project. */
  readonly files: readonly string[];
  /** When the first of them was, in `performance.now()`. */
  readonly savedAt: number;
  /** Whether somebody asked for an order. */
  readonly order: boolean;
}

/** Collects what comes in until it is asked for: several saves at once are one, and one at a time is dealt with. */
export class Inbox {
  readonly #quietMs: number;
  readonly #longestMs: number;
  readonly #files = new Set<string>();
  #savedAt = 0;
  #lastAt = 0;
  #order = false;
  #arrival = Promise.withResolvers<void>();

  /**
   * @param quietMs how long nothing more may come before it is handed over: editors save twice, git changes many files
   * @param longestMs when it is handed over though there is no quiet
   */
  constructor({ quietMs = 80, longestMs = 2_000 }: { readonly quietMs?: number; readonly longestMs?: number } = {}) {
    this.#quietMs = quietMs;
    this.#longestMs = longestMs;
  }

  saved(file: string): void {
    this.#lastAt = performance.now();
    if (this.#files.size === 0) this.#savedAt = this.#lastAt;
    this.#files.add(file);
    this.#arrival.resolve();
  }

  askForOrder(): void {
    this.#order = true;
    this.#arrival.resolve();
  }

  /** Settles as soon as something has come in, before `next` hands it over. */
  arrived(): Promise<void> {
    return this.#arrival.promise;
  }

  async next(): Promise<Received> {
    await this.#arrival.promise;
    await this.#quiet();
    const received = { files: [...this.#files].sort(), savedAt: this.#savedAt, order: this.#order };
    this.#files.clear();
    this.#order = false;
    this.#arrival = Promise.withResolvers<void>();
    return received;
  }

  async #quiet(): Promise<void> {
    while (this.#files.size > 0) {
      const now = performance.now();
      const left = Math.min(this.#lastAt + this.#quietMs, this.#savedAt + this.#longestMs) - now;
      if (left <= 0) return;
      await new Promise((resolve) => setTimeout(resolve, left));
    }
  }
}
