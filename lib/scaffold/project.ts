import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { AnyContract, AnyEventContract, Dependency, Table } from '../contract/index.ts';
import type { Found } from '../stacks/index.ts';

/** What stands in a project, as far as something new has to fit to it. */
export interface Project {
  readonly root: string;
  readonly domains: ReadonlyMap<string, Domain>;
  readonly atoms: readonly KnownAtom[];
  readonly workflows: Found['workflows'];
  /** Names of Lambda functions, beside the atoms', that are taken. */
  readonly functions: readonly string[];
}

/** A domain: its folders, and what its domain.ts exports. */
export interface Domain {
  readonly name: string;
  /** Of domain.ts; undefined where there is none. */
  readonly text?: string;
  readonly tables: readonly Exported<Table>[];
  readonly dependencies: readonly Exported<Dependency>[];
  readonly events: readonly Exported<AnyEventContract>[];
}

/** A value, and under which name its file exports it. */
export interface Exported<T> {
  readonly identifier: string;
  readonly value: T;
}

/** An atom of the project. */
export interface KnownAtom {
  readonly domain: string;
  readonly identifier: string;
  readonly contract: AnyContract;
  /** Its contract.ts, from the project's folder. */
  readonly file: string;
}

/** The house's own domain: nothing new goes there. */
export const PLATFORM = 'platform';

/** Reads what stands there. @param found what the folders hold, as discovery has it */
export function readProject(root: string, found: Found): Project {
  const require = createRequire(import.meta.url);
  const exportsOf = (file: string): readonly Exported<unknown>[] =>
    Object.entries(require(file) as object).map(([identifier, value]) => ({ identifier, value }));
  const atoms = found.atoms.flatMap(({ domain, contract, file }): KnownAtom[] => {
    const declared = join(dirname(file), 'contract.ts');
    const own = exportsOf(declared).find(({ value }) => value === contract);
    return own ? [{ domain, identifier: own.identifier, contract, file: slashed(relative(root, declared)) }] : [];
  });
  const domains = domainNames(root).map((name) => domainOf(root, name, exportsOf));
  return {
    root,
    domains: new Map(domains.map((domain) => [domain.name, domain])),
    atoms,
    workflows: found.workflows,
    functions: found.functions.map(({ name }) => name),
  };
}

/** A domain without anything in it. */
export const emptyDomain = (name: string): Domain => ({ name, tables: [], dependencies: [], events: [] });

/** Where a domain says what its atoms and workflows share. */
export const domainFile = (domain: string): string => `lambdas/${domain}/domain.ts`;

/** How one file imports another. Both from the project's folder. */
export function importPath(from: string, to: string): string {
  const path = slashed(relative(dirname(from), to));
  return path.startsWith('.') ? path : `./${path}`;
}

const slashed = (path: string): string => path.replaceAll('\\', '/');

function domainNames(root: string): readonly string[] {
  const folders = ['lambdas', 'state-machines'].flatMap((base) => {
    const path = join(root, base);
    if (!existsSync(path)) return [];
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  });
  return [...new Set(folders)].filter((name) => name !== PLATFORM).sort();
}

function domainOf(root: string, name: string, exportsOf: (file: string) => readonly Exported<unknown>[]): Domain {
  const file = join(root, domainFile(name));
  if (!existsSync(file)) return emptyDomain(name);
  const all = exportsOf(file);
  const ofKind = <T>(kind: string): readonly Exported<T>[] =>
    all.filter((each): each is Exported<T> => isKind(each, kind));
  return {
    name,
    text: readFileSync(file, 'utf8'),
    tables: ofKind<Table>('table'),
    dependencies: ofKind<Dependency>('dependency'),
    events: ofKind<AnyEventContract>('event'),
  };
}

const isKind = ({ value }: Exported<unknown>, kind: string): boolean =>
  value !== null && typeof value === 'object' && 'kind' in value && value.kind === kind;
