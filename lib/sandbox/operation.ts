import type { Json, ProviderAnswer } from './http.ts';
import type { EffectKind, LedgerEntry, LookupKind } from './ledger.ts';

/** Something that a provider can be asked to do: `POST <path>`. */
export interface EffectOperation {
  readonly kind: EffectKind;
  /** `/charges`; its look-up is `GET /charges/<idempotency key>`. */
  readonly path: string;
  readonly lookup?: LookupKind;
  /** What its ids begin with, followed by the idempotency key: `ch_`. */
  readonly idPrefix: string;
  /** The body's fields. */
  readonly fields: Fields;
  /** What it takes back: the body's field that names it, and the reasons for which it can be refused. */
  readonly takesBack?: {
    readonly kind: EffectKind;
    readonly field: string;
    readonly idPrefix: string;
    readonly unknown: string;
    readonly exceeded: string;
    amount(body: Json, taken: LedgerEntry): number;
  };
  /** The answer of a `decline` fault. Can't be declined when left out. */
  readonly declined?: ProviderAnswer;
  /** Refuses what this provider does not do; undefined lets it happen. */
  refuse?(body: Json): ProviderAnswer | undefined;
  /** What it does, given the id of the effect. */
  perform(body: Json, id: string): Performed;
}

/** The answer's body, and what the ledger notes beside it. */
export interface Performed {
  readonly body: Json;
  /** Cents that move. */
  readonly amount?: number;
  /** How much can be taken back later. */
  readonly remaining?: number;
}

export type Fields = Readonly<Record<string, 'text' | 'cents' | 'list'>>;

const MEANING = {
  text: 'a text that is not empty',
  cents: 'a whole number of cents, 0 or more',
  list: 'a list',
} as const;

const HOLDS: Record<keyof typeof MEANING, (value: unknown) => boolean> = {
  text: (value) => typeof value === 'string' && value.length > 0,
  cents: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  list: (value) => Array.isArray(value),
};

/** What is wrong with a body, for people; undefined when nothing is. */
export function wrongField(fields: Fields, body: Json): string | undefined {
  const wrong = Object.entries(fields).find(([name, type]) => !HOLDS[type](body[name]));
  return wrong && `"${wrong[0]}" must be ${MEANING[wrong[1]]}.`;
}

/** The body as an object, or undefined when it is no JSON object. */
export function parseBody(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
