import type { Action } from './action.ts';
import type { Call } from './call.ts';
import { draws } from './draws.ts';

/** Which calls are struck, and by what. What is left out is not asked for. */
export interface FaultRule {
  /** The calling function's name, or a pattern in it. */
  readonly function?: string | RegExp;
  /** `dynamodb.UpdateItem`, `http.POST /charges`, or a pattern in it. */
  readonly operation?: string | RegExp;
  /** Found in the request's text, for example an order's id. */
  readonly body?: RegExp;
  /** Only the how-manieth of the calls that match, from 1. */
  readonly nth?: number;
  /** How many calls are struck before it is over. Without end when left out. */
  readonly times?: number;
  /** The share of calls struck, 0 to 1, drawn in the order in which they arrive. All when left out. */
  readonly probability?: number;
  /** Of the draws: the same seed draws the same for the same order of calls. 1 when left out. */
  readonly seed?: number;
  readonly action: Action;
}

/** A rule at work. */
export class Injection {
  readonly rule: FaultRule;
  /** How many calls it has struck. */
  hits = 0;
  /** Why the last strike failed: nobody to kill. A test that goes on without looking tests nothing. */
  error: Error | undefined;
  #matched = 0;
  #aimed = 0;
  readonly #draw: () => number;
  readonly #remove: (injection: Injection) => void;

  constructor(rule: FaultRule, remove: (injection: Injection) => void) {
    this.rule = rule;
    this.#draw = draws(rule.seed ?? 1);
    this.#remove = remove;
  }

  remove(): void {
    this.#remove(this);
  }

  /** Counts a call that matches, and says whether it is to be struck. */
  aimsAt(call: Call): boolean {
    const { rule } = this;
    if (!matches(rule.function, call.function) || !matches(rule.operation, call.operation)) return false;
    if (!matches(rule.body, call.text)) return false;
    this.#matched += 1;
    if (rule.nth !== undefined && this.#matched !== rule.nth) return false;
    if (rule.probability !== undefined && this.#draw() >= rule.probability) return false;
    if (rule.times !== undefined && this.#aimed >= rule.times) return false;
    this.#aimed += 1;
    return true;
  }

  /** For the output of a failed test: what it was, its seed, how often it struck. */
  toString(): string {
    const { action, ...rest } = this.rule;
    const scope = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
    const seed = this.rule.probability !== undefined && this.rule.seed === undefined ? ['seed 1'] : [];
    const failed = this.error ? `, failed: ${this.error.message}` : '';
    return `${[JSON.stringify(action), ...scope, ...seed].join(', ')}: ${this.hits} hits${failed}`;
  }
}

/** A pattern is found anywhere in the text; `search` takes no notice of a pattern's `g` and its state. */
export const matches = (pattern: string | RegExp | undefined, text: string): boolean =>
  pattern === undefined || (typeof pattern === 'string' ? pattern === text : text.search(pattern) !== -1);
