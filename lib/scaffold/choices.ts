import { type Effect, isUndoable, majorId } from '../contract/index.ts';
import { ScaffoldError } from './errors.ts';
import { checkNewName, checkWords } from './names.ts';
import { type Domain, emptyDomain, type KnownAtom, PLATFORM, type Project } from './project.ts';
import { meantBy } from './similar.ts';

/** The effects as the command line calls them. */
export const EFFECTS = ['pure', 'transaction', 'keyed', 'lookup', 'unguarded'] as const;
export type EffectName = (typeof EFFECTS)[number];

export const effectName = ({ kind }: Effect): EffectName => (kind === 'none' ? 'unguarded' : kind);

/**
 * The domain to write into: the one that is named, a new one too, or the only one that there is.
 * @throws ScaffoldError for a name that is probably a slip
 */
export function chooseDomain(project: Project, wanted: string | undefined): Domain {
  const known = [...project.domains.keys()];
  if (wanted === undefined) {
    const [only] = project.domains.values();
    if (only && known.length === 1) return only;
    const there =
      known.length > 0 ? `There are: ${known.join(', ')}; another name makes a new one.` : 'There is none yet.';
    throw new ScaffoldError(`Say into which domain: --domain <name>. ${there}`);
  }
  const domain = project.domains.get(wanted);
  if (domain) return domain;
  if (wanted === PLATFORM) {
    throw new ScaffoldError('The domain platform is the house’s own. Choose another: --domain orders.');
  }
  checkWords('Domain', wanted);
  const meant = meantBy(wanted, known);
  if (meant === undefined) return emptyDomain(wanted);
  throw new ScaffoldError(
    `There is no domain "${wanted}". Did you mean ${meant}? If it is to be a new one, make its folder first: mkdir lambdas/${wanted}`,
  );
}

/** @throws ScaffoldError if an atom, or a function of the platform, is called so in any domain */
export function checkNewAtom(project: Project, name: string): void {
  checkNewName('Atom', name);
  const other = project.atoms.find(({ contract }) => contract.name === name);
  if (other) {
    throw new ScaffoldError(
      `${other.file} declares the atom "${name}" already. Names of atoms are unique across domains: choose another.`,
    );
  }
  if (project.functions.includes(name) || /^(admit|sandbox)-/.test(name)) {
    throw new ScaffoldError(`"${name}" is what the platform calls something of its own. Choose another name.`);
  }
}

/** @throws ScaffoldError if a workflow is called so in any domain */
export function checkNewWorkflow(project: Project, name: string): void {
  checkNewName('Workflow', name);
  const other = project.workflows.find(({ workflow }) => workflow.plan.name === name);
  if (other) {
    throw new ScaffoldError(
      `state-machines/${other.domain}/${name} holds the workflow "${name}" already. Names of workflows are unique across domains: choose another.`,
    );
  }
  if (name.startsWith('undo-')) {
    throw new ScaffoldError(
      `"${name}" is what the machine that undoes "${name.slice(5)}" is called. Choose another name.`,
    );
  }
}

/** The atoms of the domains: the platform's are used by the house itself. */
const domainAtoms = ({ atoms }: Project): readonly KnownAtom[] => atoms.filter(({ domain }) => domain !== PLATFORM);

/** The atoms that a step can use. */
export const stepAtoms = (project: Project): readonly KnownAtom[] =>
  domainAtoms(project).filter(({ contract }) => !contract.undoes);

/** The atoms that another one can undo. */
export const undoableAtoms = (project: Project): readonly KnownAtom[] =>
  stepAtoms(project).filter(({ contract }) => isUndoable(contract.effect));

/** @throws ScaffoldError saying which atoms there are */
export function findAtom(project: Project, name: string): KnownAtom {
  const ours = domainAtoms(project);
  const atom = ours.find(({ contract }) => contract.name === name || majorId(contract) === name);
  if (atom) return atom;
  const names = ours.map(({ contract }) => contract.name);
  const meant = meantBy(name, names);
  throw new ScaffoldError(
    `There is no atom "${name}".${meant ? ` Did you mean ${meant}?` : ''} There are: ${names.join(', ') || 'none'}.`,
  );
}

/** The atom that a new one is to undo. @throws ScaffoldError if it has no effect that could be undone exactly */
export function findUndoable(project: Project, name: string): KnownAtom {
  const atom = findAtom(project, name);
  const { effect, undoes } = atom.contract;
  const reason =
    effect.kind === 'pure'
      ? 'it is pure: there is nothing to undo'
      : effect.kind === 'none'
        ? 'nobody can tell whether its effect happened, so it cannot be undone exactly'
        : undoes
          ? `it undoes ${undoes.name} itself`
          : undefined;
  if (reason === undefined) return atom;
  throw new ScaffoldError(`${name} cannot be undone: ${reason}.`);
}
