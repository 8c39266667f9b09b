import type { Resource } from './read.ts';
import { readable } from './references.ts';

/** A statement of a policy. */
export interface Statement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** `*`, or values by their kind: `AWS`, `Service`, `Federated`. */
  readonly Principal?: string | Readonly<Record<string, unknown>>;
}

export const statementsOf = (document: unknown): readonly Statement[] =>
  asList((document as { readonly Statement?: Statement | readonly Statement[] } | undefined)?.Statement);

/** Conditions as a person would write them: `dynamodb:LeadingKeys like fulfil-order:*`. */
export function conditionsOf(
  { Condition = {} }: Statement,
  resources: ReadonlyMap<string, Resource>,
): readonly string[] {
  return Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, allowed]) => {
      const values = asList(allowed).map((each) => readable(each, resources));
      return `${key} ${/Like/.test(operator) ? 'like' : 'is'} ${values.join(', ')}`;
    }),
  );
}

/** Policies leave out the brackets round a single value. */
export const asList = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T];
