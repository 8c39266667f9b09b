import { ASKING_SHAPE, askingAtom, cancellingAtom } from './atom/asking.ts';
import { givingBackAtom } from './atom/giving-back.ts';
import { MAILING_SHAPE, mailingAtom } from './atom/mailing.ts';
import { PURE_SHAPE, pureAtom } from './atom/pure.ts';
import { reversalAtom } from './atom/reversal.ts';
import { takingAtom, takingShape } from './atom/taking.ts';
import type { AtomTexts, AtomWords, UndoneStep } from './atom/texts.ts';
import type { Change } from './change.ts';
import { checkNewAtom, chooseDomain, type EffectName, effectName, findUndoable } from './choices.ts';
import { DomainEdit } from './domain-edit.ts';
import { ScaffoldError } from './errors.ts';
import { camel, objectOf, plural } from './names.ts';
import { nextForAtom } from './next.ts';
import { importPath, type KnownAtom, type Project } from './project.ts';
import { Resources } from './resources.ts';
import type { Scaffold } from './scaffold.ts';
import { sampleStep, type UsableAtom } from './usable-atom.ts';

/** A new atom, as somebody asks for it. */
export interface AtomRequest {
  readonly name: string;
  /** The only domain that there is when left out. */
  readonly domain?: string;
  /**
   * When left out: a transaction with a table, keyed with a dependency, for an undo the step's own effect (keyed for one
   * that is looked up: cancelling by name is done once however often it is asked), else pure.
   */
  readonly effect?: EffectName;
  /** The table that a transaction writes. One after the atom's object when left out. */
  readonly table?: string;
  /** The provider that it calls. For one that is keyed or looked up, one after the atom's object when left out. */
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
      isSent: effect === 'unguarded',
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
    const stored = made.table(table ?? plural(object), 'What is available, an item each.');
    return { texts: takingAtom(words, stored), shape: { ...takingShape(stored), failures: ['NotAvailable'] } };
  }
  if (effect === 'unguarded' && dependency === undefined)
    return { texts: mailingAtom(words), shape: { ...MAILING_SHAPE, failures: [] } };
  const texts = askingAtom(words, made.dependency(dependency ?? `${object}-provider`), effect);
  return { texts, shape: { ...ASKING_SHAPE, failures: effect === 'unguarded' ? [] : ['Refused'] } };
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
  const own = undone && (undone.contract.effect.kind === 'lookup' ? 'keyed' : effectName(undone.contract.effect));
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
  if (dependency !== undefined && (effect === 'pure' || effect === 'transaction')) {
    throw new ScaffoldError(
      `A ${effect} atom calls nobody outside. Leave out --dependency, or choose --effect keyed (the provider deduplicates), lookup (it can be asked) or unguarded.`,
    );
  }
  return effect;
}
