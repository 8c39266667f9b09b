import type { ForwardedRequest } from './operation.ts';

/** A function's call that passed the proxy, or was to. */
export interface Call extends ForwardedRequest {
  /** The calling function's name. */
  readonly function: string;
  /** `dynamodb.UpdateItem`, `http.POST /charges`. */
  readonly operation: string;
  /** When it arrived, in epoch milliseconds. */
  readonly at: number;
  /** What struck it, in order. */
  readonly struck: string[];
  /** How often it reached the emulator. */
  forwarded: number;
  /** Status of the emulator's last answer, passed on or not. */
  status?: number;
}

/** What is left out is not asked for. */
export interface CallFilter {
  readonly function?: string | RegExp;
  readonly operation?: string | RegExp;
  readonly body?: RegExp;
}
