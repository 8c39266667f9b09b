/** Something that is looked at again and again, until it is dropped. */
export interface Due {
  /** When next, by `performance.now()`. */
  dueAt: number;
}

/**
 * Many things that are each due at their own time, looked at in one loop: one round after another, never two at a time,
 * and none while nothing is due. A timer runs only while there is something to look at.
 */
export class Rounds<T extends Due> {
  readonly #round: (due: readonly T[]) => Promise<void>;
  readonly #lead: (item: T) => number;
  readonly #items = new Set<T>();
  #timer: NodeJS.Timeout | undefined;
  #plannedAt = Number.POSITIVE_INFINITY;
  #busy = false;

  /**
   * @param round looks at what is due, the longest due first, and sets when each is due next
   * @param lead how much too early, in milliseconds, a thing may be taken along in a round. Left out, not at all.
   */
  constructor(round: (due: readonly T[]) => Promise<void>, lead: (item: T) => number = () => 0) {
    this.#round = round;
    this.#lead = lead;
  }

  /** Adds a thing, or takes note that it is due at another time. */
  add(item: T): void {
    this.#items.add(item);
    if (item.dueAt < this.#plannedAt) this.#plan(item.dueAt);
  }

  drop(item: T): void {
    this.#items.delete(item);
    if (this.#items.size === 0) this.#plan(Number.POSITIVE_INFINITY);
  }

  has(item: T): boolean {
    return this.#items.has(item);
  }

  #plan(at: number): void {
    if (this.#busy) return;
    clearTimeout(this.#timer);
    this.#plannedAt = at;
    if (at === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => void this.#run(), Math.max(0, Math.ceil(at - performance.now())));
  }

  async #run(): Promise<void> {
    this.#busy = true;
    const now = performance.now();
    const due = [...this.#items].filter((item) => item.dueAt - this.#lead(item) <= now);
    try {
      await this.#round(due.sort((a, b) => a.dueAt - b.dueAt));
    } finally {
      this.#busy = false;
      this.#plan([...this.#items].reduce((first, { dueAt }) => Math.min(first, dueAt), Number.POSITIVE_INFINITY));
    }
  }
}
