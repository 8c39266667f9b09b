const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const hex = (bits: number): string =>
  `${PAIRS[bits >>> 24]}${PAIRS[(bits >>> 16) & 255]}${PAIRS[(bits >>> 8) & 255]}${PAIRS[bits & 255]}`;

/** Chance from one seed: the same seed gives the same draws on every machine (sfc32, Chris Doty-Humphrey's). */
export class Chance {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  constructor(seed: number) {
    this.#a = 0;
    this.#b = seed | 0;
    this.#c = Math.floor(seed / 2 ** 32) | 0;
    this.#counter = 1;
    for (let round = 0; round < 12; round += 1) this.#bits();
  }

  /** From 0 up to 1. */
  number(): number {
    return (this.#bits() >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to, and without, the limit. */
  below(limit: number): number {
    return Math.floor(this.number() * limit);
  }

  /** Whether something of this probability comes to pass. */
  happens(probability: number): boolean {
    return this.number() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** The same in another order. */
  shuffled<T>(all: readonly T[]): T[] {
    const mixed = [...all];
    for (let index = mixed.length - 1; index > 0; index -= 1) {
      const other = this.below(index + 1);
      [mixed[index], mixed[other]] = [mixed[other] as T, mixed[index] as T];
    }
    return mixed;
  }

  /** In the form of a UUID. */
  uuid(): string {
    const [a, b, c, d] = [hex(this.#bits()), hex(this.#bits()), hex(this.#bits()), hex(this.#bits())];
    return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-8${c.slice(1, 4)}-${c.slice(4)}${d}`;
  }

  #bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }
}
