import { majorId } from '../contract/index.ts';

/** A placeholder `${key}` in a definition, and what whoever deploys puts there. Keys are letters and digits only. */
export type Substitution = { readonly key: string } & (
  | { readonly kind: 'queue'; readonly atom: AtomName }
  | { readonly kind: 'function'; readonly atom: AtomName }
  | { readonly kind: 'bus' }
  | { readonly kind: 'undo-version' }
);

export interface AtomName {
  readonly name: string;
  readonly version: string;
}

/** Collects the placeholders of one definition while it is written. */
export class Substitutions {
  readonly #found = new Map<string, Substitution>();

  /** The URL of the atom's queue. */
  queue({ name, version }: AtomName): string {
    return this.#placeholder({ key: `${keyOf({ name, version })}Queue`, kind: 'queue', atom: { name, version } });
  }

  /** The ARN of the atom's Lambda alias `live`. */
  function({ name, version }: AtomName): string {
    return this.#placeholder({ key: `${keyOf({ name, version })}Function`, kind: 'function', atom: { name, version } });
  }

  /** The name of the domain's event bus. */
  bus(): string {
    return this.#placeholder({ key: 'Bus', kind: 'bus' });
  }

  /** The ARN of the version of the undo machine that belongs to the definition. */
  undoVersion(): string {
    return this.#placeholder({ key: 'UndoVersion', kind: 'undo-version' });
  }

  all(): readonly Substitution[] {
    return [...this.#found.values()].sort((a, b) => a.key.localeCompare(b.key));
  }

  #placeholder(substitution: Substitution): string {
    this.#found.set(substitution.key, substitution);
    return `\${${substitution.key}}`;
  }
}

/** `charge-payment@1.2.0` → `ChargePaymentV1` */
const keyOf = (atom: AtomName): string =>
  majorId(atom)
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
