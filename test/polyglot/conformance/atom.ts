import type { Level } from './case.ts';

/** A deployed atom to be checked, in whatever language it is written. */
export interface ConformingAtom {
  readonly level: Level;
  /** `reserve-stock@1.0.0` */
  readonly contract: string;
  /** Its Lambda function, by name or ARN. */
  readonly functionName: string;
  /** An input that it performs. Each order has its own, so that effects can be told apart. */
  input(order: string): unknown;
  /** What it answers to that. */
  output(order: string): unknown;
  /** An input that breaks its contract. */
  readonly broken: unknown;
  /** An input that it declines, and how. Left out, cases about declared failures are left out. */
  declined?(order: string): { readonly input: unknown; readonly name: string; readonly payload: unknown };
  /** Left out, cases about undoing are left out. */
  readonly compensation?: { readonly contract: string; readonly functionName: string };
  /** Makes what an order needs. Left out, nothing. */
  prepare?(order: string): Promise<void>;
  /** Does it at the provider, under a step's key, as an attempt whose answer was lost. Required to be looked up. */
  lose?(order: string, key: string): Promise<void>;
  /** How often the effect of an order is there. Required, unless the atom is pure: that is what it is all about. */
  effects?(order: string): Promise<number>;
}
