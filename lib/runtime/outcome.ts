import { isOfKind, KIND } from './kind.ts';

/** What became of a step, for ever: stored in its record and answered to every delivery. */
export type Outcome = { readonly value: unknown } | { readonly declined: Declined } | { readonly fenced: string };

export interface Declined {
  readonly name: string;
  readonly payload: unknown;
}

declare const unchecked: unique symbol;

/** A value from outside. What a handler returns is checked against its contract before it leaves, so this may be returned as it is. */
export interface Unchecked {
  readonly [unchecked]: true;
}

/** A declared failure that a handler returns. Made by `context.fail`. */
export class DeclaredFailure {
  static readonly [KIND]: string = 'DeclaredFailure';
  readonly name: string;
  readonly payload: unknown;

  constructor(name: string, payload: unknown) {
    this.name = name;
    this.payload = payload;
  }

  static [Symbol.hasInstance](candidate: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: what extends this class inherits it, and means itself
    return isOfKind(this, candidate);
  }
}
