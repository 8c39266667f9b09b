import cases from './cases.json' with { type: 'json' };

/** How an atom's effect is guarded: see docs/protocol.md. */
export type Level = 'pure' | 'transaction' | 'keyed' | 'lookup' | 'unguarded';

/** Fields of an envelope that differ from what the case would send anyway; `$…` stands for what `Script` knows. */
export type Fields = Readonly<Record<string, unknown>>;

/** What a state machine hears on its token, in part; `nothing` when it has to go on waiting. */
export type Expected = 'nothing' | Fields;

/** One delivery or call, and what has to come of it. */
export type Act =
  /** A `do` with a token, through the queue. */
  | { readonly deliver: Fields; readonly hears?: Expected; readonly acknowledged?: boolean }
  /** An `undo` with a token, through the queue of the compensation. */
  | { readonly undo: Fields; readonly hears?: Expected }
  /** A `do` that nobody waits for. */
  | { readonly send: Fields; readonly kept?: boolean }
  /** Any text. Kept: it comes again, or lies in the dead-letter queue. */
  | { readonly body: string; readonly kept: boolean }
  /** A direct call. */
  | { readonly call: Fields; readonly returns?: unknown; readonly throws?: string };

export type Scene =
  | Act
  /** At the same time, each delivered and tried again until it has its answer. */
  | { readonly together: readonly Act[] }
  /** As one batch of the queue. */
  | { readonly batch: readonly Act[] }
  /** At the same time; what the one says has to be what the other did. */
  | { readonly race: { readonly settle: Fields; readonly do: Fields } };

/** What has to come of some deliveries of one step. */
export interface ConformanceCase {
  readonly name: string;
  readonly levels: readonly Level[];
  /** What the atom must have for the case to mean anything. */
  readonly needs?: 'declined' | 'compensation';
  /** The step's record as an earlier attempt left it. */
  readonly given?: Fields;
  /** The effect is there, as an attempt whose answer was lost left it. */
  readonly lost?: boolean;
  readonly play: readonly Scene[];
  /** How often the effect is there in the end. */
  readonly effects?: number;
  /** The step's record in the end, in part; null for none. */
  readonly record?: Fields | null;
  /** The record of its undo in the end, in part. */
  readonly undoRecord?: Fields;
}

export const conformanceCases = cases as unknown as readonly ConformanceCase[];
