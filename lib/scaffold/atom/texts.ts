import type { PlainSchema } from '../../contract/index.ts';

/** The three files of an atom, before they are formatted. */
export interface AtomTexts {
  readonly contract: string;
  readonly handler: string;
  readonly test: string;
}

/** What an atom takes and gives. */
export interface AtomShape {
  readonly input: PlainSchema;
  readonly output: PlainSchema;
}

/** How an atom is called. */
export interface AtomWords {
  /** `award-points` */
  readonly name: string;
  /** `awardPoints` */
  readonly identifier: string;
  /** What it does, in one sentence, where somebody has said it. */
  readonly summary: string | undefined;
}

/** Something in domain.ts, by the name that it is exported under. */
export interface InDomain {
  readonly name: string;
  readonly identifier: string;
}

export interface TableInDomain extends InDomain {
  /** Partition key, and sort key where there is one. */
  readonly keys: readonly string[];
}

/** The step that a compensation undoes. */
export interface UndoneStep {
  readonly name: string;
  readonly identifier: string;
  /** How the compensation's contract imports the step's. */
  readonly importPath: string;
  /** What the step was given and what it answered, for an example. */
  readonly sample: { readonly input: unknown; readonly output: unknown };
}

/** A value as source text, as a person would write it. */
export function source(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(source).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const fields = Object.entries(value).map(([key, each]) => `${keySource(key)}: ${source(each)}`);
    return fields.length > 0 ? `{ ${fields.join(', ')} }` : '{}';
  }
  return typeof value === 'string' ? textSource(value) : (JSON.stringify(value) ?? 'undefined');
}

/** The key of an object, quoted only where it has to be. */
export const keySource = (key: string): string => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : textSource(key));

const textSource = (text: string): string =>
  text.includes("'") || text.includes('\\')
    ? JSON.stringify(text)
    : `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')}'`;
