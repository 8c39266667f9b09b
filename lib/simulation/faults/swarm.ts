import { minutes } from '../../contract/index.ts';
import { Chance } from '../time/chance.ts';
import { FAULTS, type FaultKind, type Faults, type Point } from './fault.ts';

const KINDS = Object.keys(FAULTS) as readonly FaultKind[];

/** After this nothing goes wrong any more, so that everything can come to an end. */
const HEALS_AFTER = minutes(20).milliseconds;

/** Faults that strike everybody at once are rarer than others, or nothing would ever succeed. */
const RARE: ReadonlySet<FaultKind> = new Set(['outage', 'mute', 'gone', 'service-gone', 'stopped', 'broken']);

/**
 * Faults by chance. Which kinds there are, and how often they strike, is drawn once for each run: a run with few kinds
 * finds what a run with all of them hides ("Swarm Testing", Groce and others, 2012).
 */
export class SwarmFaults implements Faults {
  readonly #chance: Chance;
  readonly #rates: ReadonlyMap<FaultKind, number>;
  #healed = Number.POSITIVE_INFINITY;

  constructor(seed: number) {
    this.#chance = new Chance(seed);
    const share = this.#chance.pick([0.15, 0.4, 0.8]);
    const rate = this.#chance.pick([0.002, 0.01, 0.03]);
    this.#rates = new Map(
      KINDS.filter(() => this.#chance.happens(share)).map((kind) => [kind, RARE.has(kind) ? rate / 5 : rate]),
    );
  }

  strike({ at, kinds }: Point): FaultKind | undefined {
    if (this.#healed === Number.POSITIVE_INFINITY) this.#healed = at + HEALS_AFTER;
    if (at > this.#healed) return undefined;
    return kinds.find((kind) => this.#chance.happens(this.#rates.get(kind) ?? 0));
  }
}
