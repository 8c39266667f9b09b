import { minutes } from '../../contract/index.ts';
import { Chance } from '../time/chance.ts';
import { FAULTS, type FaultKind, type Faults, type Point } from './fault.ts';

const KINDS = Object.keys(FAULTS) as readonly FaultKind[];

/** After this nothing goes wrong any more, so that everything can come to an end. */
const HEALS_AFTER = minutes(20).milliseconds;

/**
 * Faults that strike everybody at once are rarer than others, and those that last for hours still more, or nothing would
 * ever succeed: so many times rarer.
 */
const RARER: Partial<Record<FaultKind, number>> = {
  outage: 5,
  mute: 5,
  gone: 25,
  stopped: 5,
  broken: 5,
  'service-gone': 25,
};

/**
 * Faults by chance. Which kinds there are, and how often they strike, is drawn once for each run: a run with few kinds
 * finds what a run with all of them hides ("Swarm Testing", Groce and others, 2012).
 */
export class SwarmFaults implements Faults {
  readonly #chance: Chance;
  readonly #rates: ReadonlyMap<FaultKind, number>;
  /** Of each list of kinds, that any of them strikes. */
  readonly #sums = new Map<readonly FaultKind[], number>();
  #healed = Number.POSITIVE_INFINITY;

  constructor(seed: number) {
    this.#chance = new Chance(seed);
    const share = this.#chance.pick([0.15, 0.4, 0.8]);
    const rate = this.#chance.pick([0.002, 0.01, 0.03]);
    this.#rates = new Map(
      KINDS.filter(() => this.#chance.happens(share)).map((kind) => [kind, rate / (RARER[kind] ?? 1)]),
    );
  }

  strike({ at, kinds }: Point): FaultKind | undefined {
    if (this.#healed === Number.POSITIVE_INFINITY) this.#healed = at + HEALS_AFTER;
    if (at > this.#healed || kinds.length === 0) return undefined;
    let drawn = this.#chance.number();
    if (drawn >= this.#sumOf(kinds)) return undefined;
    return kinds.find((kind) => {
      drawn -= this.#rates.get(kind) ?? 0;
      return drawn < 0;
    });
  }

  #sumOf(kinds: readonly FaultKind[]): number {
    let sum = this.#sums.get(kinds);
    if (sum === undefined) {
      sum = kinds.reduce((all, kind) => all + (this.#rates.get(kind) ?? 0), 0);
      this.#sums.set(kinds, sum);
    }
    return sum;
  }
}
