/** Something that is to happen; it can be called off until it does. */
export interface Scheduled {
  cancel(): void;
}

interface Entry extends Scheduled {
  readonly at: number;
  readonly order: number;
  act: (() => unknown) | undefined;
}

/** Of the process, kept before anything is put in its place. */
const soon = setImmediate;

/**
 * So many entries are taken in one round of the event loop: between two of its immediates Node waits out every promise
 * that can go on, and a round costs as much as an entry does.
 */
const TURNS = 64;

/**
 * Virtual time. What is to happen stands in one queue; between two entries everything that follows at once from the
 * first is waited out, so that the same entries always give the same run.
 */
export class Timeline {
  #now: number;
  #order = 0;
  readonly #heap: Entry[] = [];

  /** @param start epoch milliseconds */
  constructor(start: number) {
    this.#now = start;
  }

  /** Epoch milliseconds. */
  get now(): number {
    return this.#now;
  }

  /** @param milliseconds from now; what is past happens next, and so does what is no number */
  after(milliseconds: number, act: () => unknown): Scheduled {
    const entry: Entry = {
      at: this.#now + Math.max(0, Math.round(milliseconds) || 0),
      order: this.#order++,
      act,
      cancel: () => {
        entry.act = undefined;
      },
    };
    this.#push(entry);
    return entry;
  }

  /** Goes on until nothing is to happen any more, or the time is reached, or `enough` says so. */
  run({ until = Number.POSITIVE_INFINITY, enough = () => false }: RunUntil = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      let over = false;
      let left = 0;
      const turn = (): void => {
        left -= 1;
        if (over) return;
        try {
          if (this.#next(until, enough)) {
            if (left === 0) begin();
            return;
          }
          over = true;
          resolve();
        } catch (error) {
          over = true;
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      const begin = (): void => {
        left = TURNS;
        for (let index = 0; index < TURNS; index += 1) soon(turn);
      };
      begin();
    });
  }

  /** @returns whether there was something to do */
  #next(until: number, enough: () => boolean): boolean {
    for (let entry = this.#heap[0]; entry && entry.at <= until && !enough(); entry = this.#heap[0]) {
      this.#pop();
      const { act } = entry;
      if (!act) continue;
      this.#now = entry.at;
      entry.act = undefined;
      act();
      return true;
    }
    return false;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!comesBefore(entry, heap[parent] as Entry)) break;
      heap[index] = heap[parent] as Entry;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && comesBefore(heap[child + 1] as Entry, heap[child] as Entry)) child += 1;
      if (!comesBefore(heap[child] as Entry, last)) break;
      heap[index] = heap[child] as Entry;
      index = child;
    }
    heap[index] = last;
  }
}

export interface RunUntil {
  /** Epoch milliseconds of virtual time. */
  readonly until?: number;
  readonly enough?: () => boolean;
}

const comesBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
