import { days, type Envelope, majorOf, undoPath, type Verb } from '../../../lib/contract/index.ts';
import { envelope } from '../../fakes/delivery.ts';
import type { ConformingAtom } from './atom.ts';
import type { Fields } from './case.ts';

const ANY_TEXT = '*';

/** What the `$…` of a case stand for when it is played for one order of one atom. */
export class Script {
  readonly order: string;
  readonly key: { readonly execution: string; readonly step: string };
  readonly undoKey: { readonly execution: string; readonly step: string };
  readonly #atom: ConformingAtom;
  readonly #notAfter = Date.now() + days(20).milliseconds;
  lastToken = '';

  constructor(atom: ConformingAtom, order: string) {
    this.#atom = atom;
    this.order = order;
    this.key = { execution: `conformance:${order}`, step: 'step' };
    this.undoKey = { ...this.key, step: undoPath('step') };
  }

  /** The envelope of an act. Those that somebody waits for have a token and a time by which to begin. */
  message(verb: Verb, fields: Fields, token?: string): Envelope {
    const { contract, compensation } = this.#atom;
    const waited = token === undefined ? {} : { token, notStartedAfter: Date.now() + 60_000 };
    return {
      ...envelope({ contract: verb === 'undo' ? (compensation?.contract ?? '') : contract }),
      verb,
      ...this.key,
      notAfter: this.#notAfter,
      correlationId: this.order,
      ...(verb === 'do' ? { input: this.#atom.input(this.order) } : {}),
      ...waited,
      ...(this.filled(fields) as object),
    };
  }

  filled(value: unknown): unknown {
    if (typeof value === 'string' && value.startsWith('$')) return this.#meaning(value);
    if (Array.isArray(value)) return value.map((each) => this.filled(each));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.filled(each)]));
  }

  #meaning(placeholder: string): unknown {
    const atom = this.#atom;
    const [name, version = ''] = atom.contract.split('@');
    const declined = atom.declined?.(this.order);
    const meanings: Readonly<Record<string, () => unknown>> = {
      $accepted: () => atom.input(this.order),
      $output: () => atom.output(this.order),
      $broken: () => atom.broken,
      $declined: () => declined?.input,
      $declinedError: () => `Declared.${declined?.name}`,
      $declinedCause: () => declined?.payload,
      $contract: () => atom.contract,
      $compensation: () => atom.compensation?.contract,
      $otherMajor: () => `${name}@${majorOf(version) + 1}.0.0`,
      $otherMinor: () => `${name}@${majorOf(version)}.99.7`,
      $otherAtom: () => `not-${name}@${version}`,
      $past: () => Date.now() - 1_000,
      $longPast: () => Date.now() - 3_600_000,
      $future: () => Date.now() + 60_000,
      $expiry: () => Math.ceil((this.#notAfter + days(1).milliseconds) / 1_000),
      $correlationId: () => this.order,
      $lastToken: () => this.lastToken,
    };
    const meaning = meanings[placeholder];
    if (!meaning) throw new Error(`${placeholder} means nothing; there are ${Object.keys(meanings).join(', ')}.`);
    return meaning();
  }
}

/** Whether a value has at least what is expected of it; `*` expects any text. */
export function fulfils(value: unknown, expected: unknown): boolean {
  if (expected === ANY_TEXT) return typeof value === 'string';
  if (Array.isArray(expected)) {
    return (
      Array.isArray(value) &&
      value.length === expected.length &&
      expected.every((each, index) => fulfils(value[index], each))
    );
  }
  if (expected === null || typeof expected !== 'object') return Object.is(value, expected);
  if (value === null || typeof value !== 'object') return false;
  return Object.entries(expected).every(([name, each]) => fulfils((value as Fields)[name], each));
}
