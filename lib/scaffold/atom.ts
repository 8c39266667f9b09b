import { ASKING_SHAPE, askingAtom, cancellingAtom } from './atom/asking.ts';
import { givingBackAtom } from './atom/giving-back.ts';
import { MAILING_SHAPE, mailingAtom } from './atom/mailing.ts';
import { PURE_SHAPE, pureAtom } from './atom/pure.ts';
import { reversalAtom } from './atom/reversal.ts';
import { takingAtom, takingShape } from './atom/taking.ts';
import type { AtomTexts, AtomWords, InDomain, TableInDomain, UndoneStep } from './atom/texts.ts';
import type { Change } from './change.ts';
import { checkNewAtom, chooseDomain, type EffectName, effectName, findUndoable } from './choices.ts';
import { DomainEdit, refuseForeign } from './domain-edit.ts';
import { ScaffoldError } from './errors.ts';
import { camel, checkWords, objectOf, singular, UNUSABLE } from './names.ts';
import { nextForAtom } from './next.ts';
import { type Domain, importPath, type KnownAtom, type Project } from './project.ts';
import type { Scaffold } from './scaffold.ts';
import { fits } from './schema/agree.ts';
import { sampleStep, type UsableAtom, usable } from './usable-atom.ts';

/** A new atom, as somebody asks for it. */
export interface AtomRequest {
  readonly name: string;
  /** The only domain that there is when left out. */
  readonly domain?: string;
  /** When left out: a transaction with a table, keyed with a dependency, the step's own effect for an undo, else pure. */
  readonly effect?: EffectName;
  /** The table that a transaction writes. One after the atom's object when left out. */
  readonly table?: string;
  /** The provider that it calls. For a keyed one, one after the atom's object when left out. */
  readonly dependency?: string;
  /** The atom whose effect it takes back. */
  readonly undoes?: string;
  /** What it does, in one sentence. */
  readonly summary?: string;
}

/**
 * What a new atom is written as: its contract, its handler, its test, and what its domain's domain.ts needs for it.
 * @throws ScaffoldError saying what to ask for instead
 */
export function planAtom(project: Project, request: AtomRequest): Scaffold {
  const domain = chooseDomain(project, request.domain ?? undoneDomain(project, request));
  const edit = new DomainEdit(domain);
  const { changes, atom } = writeAtom(project, request, edit);
  const wired = edit.changes();
  return {
    changes: [...changes, ...wired],
    added: Object.fromEntries(wired.map(({ path }) => [path, edit.says])),
    next: nextForAtom(project, domain.name, atom, request.undoes),
  };
}

const undoneDomain = (project: Project, { undoes }: AtomRequest): string | undefined =>
  undoes === undefined ? undefined : findUndoable(project, undoes).domain;

/** The atom's own files, with what they need put into the domain's edit; and how a workflow uses it. */
export function writeAtom(
  project: Project,
  request: AtomRequest,
  edit: DomainEdit,
): { readonly changes: readonly Change[]; readonly atom: UsableAtom } {
  const { name } = request;
  checkNewAtom(project, name);
  const undone = request.undoes === undefined ? undefined : findUndoable(project, request.undoes);
  const effect = chooseEffect(request, undone);
  const folder = `lambdas/${edit.domain.name}/${name}`;
  const words: AtomWords = { name, identifier: camel(name), summary: request.summary };
  const made = new Resources(project, edit, [words.identifier, ...(undone ? [undone.identifier] : [])]);
  const { texts, shape } = undone
    ? { texts: compensationTexts(words, request, undone, effect, made, folder), shape: NO_SHAPE }
    : atomTexts(words, request, effect, made);
  const files = { 'contract.ts': texts.contract, 'handler.ts': texts.handler, 'handler.test.ts': texts.test };
  const changes = Object.entries(files).map(([file, content]) => ({ path: `${folder}/${file}`, content }));
  return {
    changes,
    atom: {
      name,
      identifier: words.identifier,
      file: `${folder}/contract.ts`,
      effect: effect === 'unguarded' ? 'none' : effect,
      ...shape,
    },
  };
}

type Shape = Pick<UsableAtom, 'input' | 'output' | 'failures'>;

/** Of a compensation: no workflow gives it an input. */
const NO_SHAPE: Shape = { input: {}, output: {}, failures: [] };

function atomTexts(
  words: AtomWords,
  { table, dependency }: AtomRequest,
  effect: EffectName,
  made: Resources,
): { readonly texts: AtomTexts; readonly shape: Shape } {
  const object = objectOf(words.name);
  if (effect === 'pure') return { texts: pureAtom(words), shape: { ...PURE_SHAPE, failures: [] } };
  if (effect === 'transaction') {
    const stored = made.table(table ?? object, 'What is available, an item each.');
    return { texts: takingAtom(words, stored), shape: { ...takingShape(stored), failures: ['NotAvailable'] } };
  }
  if (effect === 'unguarded' && dependency === undefined)
    return { texts: mailingAtom(words), shape: { ...MAILING_SHAPE, failures: [] } };
  const texts = askingAtom(words, made.dependency(dependency ?? `${object}-provider`), effect);
  return { texts, shape: { ...ASKING_SHAPE, failures: effect === 'keyed' ? ['Refused'] : [] } };
}

function compensationTexts(
  words: AtomWords,
  { table, dependency }: AtomRequest,
  undone: KnownAtom,
  effect: EffectName,
  made: Resources,
  folder: string,
): AtomTexts {
  const { contract, identifier, file } = undone;
  const step: UndoneStep = {
    name: contract.name,
    identifier,
    importPath: importPath(`${folder}/contract.ts`, file),
    sample: sampleStep(undone),
  };
  if (effect === 'keyed') {
    const provider = dependency ?? contract.dependency?.name ?? `${objectOf(words.name)}-provider`;
    return cancellingAtom(words, step, made.dependency(provider));
  }
  const taken = table === undefined ? made.takenFrom(undone) : undefined;
  if (taken) return givingBackAtom(words, step, taken);
  return reversalAtom(words, step, made.table(table ?? 'reversals', 'What was taken back, an item a reversal.'));
}

/** @throws ScaffoldError for what does not go together */
function chooseEffect(request: AtomRequest, undone: KnownAtom | undefined): EffectName {
  const { effect: wanted, table, dependency } = request;
  const own = undone && effectName(undone.contract.effect);
  const effect = wanted ?? (table !== undefined ? 'transaction' : dependency !== undefined ? 'keyed' : (own ?? 'pure'));
  if (undone && effect !== 'transaction' && effect !== 'keyed') {
    throw new ScaffoldError(
      `An atom that undoes another happens exactly once: its effect is transaction or keyed, not ${effect}.`,
    );
  }
  if (table !== undefined && effect !== 'transaction') {
    throw new ScaffoldError(
      `A table is written by a transaction, and the effect is ${effect}. Leave out --table, or choose --effect transaction.`,
    );
  }
  if (dependency !== undefined && effect !== 'keyed' && effect !== 'unguarded') {
    throw new ScaffoldError(
      `A ${effect} atom calls nobody outside. Leave out --dependency, or choose --effect keyed (the provider deduplicates) or unguarded.`,
    );
  }
  return effect;
}

/** Tables of the house, which no domain can have. */
const OWN_TABLES = new Set(['records', 'sandbox-ledger', 'sandbox-faults']);

/** Tables and dependencies of a domain: those that are there, or new ones. */
class Resources {
  readonly #project: Project;
  readonly #edit: DomainEdit;
  /** What the atom's files call something else. */
  readonly #taken: readonly string[];

  constructor(project: Project, edit: DomainEdit, taken: readonly string[]) {
    this.#project = project;
    this.#edit = edit;
    this.#taken = taken;
  }

  known(name: string): TableInDomain | undefined {
    const there = this.#edit.domain.tables.find(({ value }) => value.name === name);
    if (!there) return undefined;
    const { partitionKey, sortKey } = there.value;
    const keys = [partitionKey, ...(sortKey ? [sortKey] : [])];
    const odd = keys.find((key) => !/^[A-Za-z_$][\w$]*$/.test(key) || UNUSABLE.has(key));
    if (odd === undefined) return { name, identifier: there.identifier, keys };
    throw new ScaffoldError(
      `The table "${name}" has the key "${odd}", which no variable can be called. Choose another table.`,
    );
  }

  /** The table from which a step takes a quantity, if it is an atom as they are written here. */
  takenFrom(atom: KnownAtom): TableInDomain | undefined {
    const [use, ...others] = atom.contract.uses;
    if (use?.kind !== 'table' || others.length > 0) return undefined;
    const table = this.known(use.table.name);
    const { input, output, failures } = usable(this.#project, atom);
    const like = table && takingShape(table);
    return like && failures.includes('NotAvailable') && fits(input, like.input) && fits(output, like.output)
      ? table
      : undefined;
  }

  table(name: string, comment: string): TableInDomain {
    const there = this.known(name);
    if (there) return there;
    checkWords('Table', name);
    if (OWN_TABLES.has(name))
      throw new ScaffoldError(`The table "${name}" is the platform's own. Choose another name.`);
    this.#refuseForeign('table', name, ({ tables }) => tables.map(({ value }) => value.name));
    const key = `${camel(singular(name))}Id`;
    const code = (identifier: string) =>
      `/** ${comment} */\nexport const ${identifier} = table('${name}', { partitionKey: '${key}' });`;
    return { name, identifier: this.#edit.declare('table', name, code, this.#taken), keys: [key] };
  }

  dependency(name: string): InDomain {
    const there = this.#edit.domain.dependencies.find(({ value }) => value.name === name);
    if (there) return { name, identifier: there.identifier };
    checkWords('Dependency', name);
    const code = (identifier: string) => `export const ${identifier} = dependency('${name}');`;
    return { name, identifier: this.#edit.declare('dependency', name, code, this.#taken) };
  }

  #refuseForeign(kind: string, name: string, namesOf: (domain: Domain) => readonly string[]): void {
    refuseForeign(kind, name, this.#edit.domain, this.#project.domains.values(), namesOf);
  }
}
