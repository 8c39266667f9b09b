import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { type AnyContract, contractId, majorId } from '../contract/index.ts';
import { isWorkflow, type Workflow } from '../workflow/index.ts';

/** An atom, found by its folder. */
export interface FoundAtom {
  readonly domain: string;
  readonly contract: AnyContract;
  /** Its handler.ts. */
  readonly file: string;
}

/** A Lambda of the platform that honours no contract: a folder with a handler only. */
interface FoundFunction {
  readonly name: string;
  readonly file: string;
}

/** A workflow, found by its folder. */
export interface FoundWorkflow {
  readonly domain: string;
  readonly workflow: Workflow;
  /** Under which name its file exports it. */
  readonly exportName: string;
  readonly file: string;
}

/** What stands in the house's folders. */
export interface Found {
  readonly atoms: readonly FoundAtom[];
  readonly functions: readonly FoundFunction[];
  readonly workflows: readonly FoundWorkflow[];
}

/** Something in the house's folders is not where, or not called as, it has to be. The message says what to change. */
export class DiscoveryError extends Error {
  override readonly name = 'DiscoveryError';
}

/** The domain whose folders may hold a Lambda without a contract. */
export const PLATFORM = 'platform';

/**
 * Finds atoms and workflows by their folders, `lambdas/<domain>/<atom>` and `state-machines/<domain>/<workflow>`:
 * adding one is adding a folder.
 *
 * @throws DiscoveryError naming the folder and what to change
 */
export function discover(root: string): Found {
  const load = loader(root);
  const folders = foldersUnder(join(root, 'lambdas'));
  const atoms = folders.flatMap((folder) => atomIn(folder, load));
  const functions = folders.flatMap(functionIn);
  const workflows = foldersUnder(join(root, 'state-machines')).flatMap((folder) => workflowIn(folder, load));
  refuseTwins(
    'atoms',
    atoms.map(({ contract, file }) => ({ name: majorId(contract), file: load.path(file) })),
  );
  refuseTwins(
    'workflows',
    workflows.map(({ workflow, file }) => ({ name: workflow.plan.name, file: load.path(file) })),
  );
  for (const { workflow } of workflows) checkAtoms(workflow, atoms);
  return { atoms, functions, workflows };
}

interface Folder {
  readonly domain: string;
  readonly name: string;
  readonly path: string;
}

interface Loader {
  exportsOf(file: string): Readonly<Record<string, unknown>>;
  /** A path as a person would write it. */
  path(file: string): string;
}

const loader = (root: string): Loader => {
  const require = createRequire(import.meta.url);
  return { exportsOf: (file) => require(file), path: (file) => relative(root, file).replaceAll('\\', '/') };
};

function foldersUnder(path: string): readonly Folder[] {
  const names = (at: string): readonly string[] =>
    existsSync(at)
      ? readdirSync(at, { withFileTypes: true })
          .flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
          .sort()
      : [];
  return names(path).flatMap((domain) =>
    names(join(path, domain)).map((name) => ({ domain, name, path: join(path, domain, name) })),
  );
}

function atomIn({ domain, name, path }: Folder, load: Loader): readonly FoundAtom[] {
  const declared = join(path, 'contract.ts');
  const file = join(path, 'handler.ts');
  if (!existsSync(declared)) {
    if (domain === PLATFORM || !existsSync(file)) return [];
    throw new DiscoveryError(`${load.path(path)} has a handler.ts and no contract.ts: an atom needs both.`);
  }
  if (!existsSync(file)) {
    throw new DiscoveryError(`${load.path(path)} has a contract.ts and no handler.ts: an atom needs both.`);
  }
  const contracts = Object.values(load.exportsOf(declared)).filter(isContract);
  const contract = contracts.find((each) => each.name === name);
  if (contract) return [{ domain, contract, file }];
  const exported = contracts.map((each) => `"${each.name}"`).join(', ') || 'no contract';
  throw new DiscoveryError(
    `${load.path(declared)} exports ${exported}. An atom's contract bears the name of its folder: call it "${name}", or rename the folder.`,
  );
}

const functionIn = ({ domain, name, path }: Folder): readonly FoundFunction[] =>
  domain === PLATFORM && existsSync(join(path, 'handler.ts')) && !existsSync(join(path, 'contract.ts'))
    ? [{ name, file: join(path, 'handler.ts') }]
    : [];

function workflowIn({ domain, name, path }: Folder, load: Loader): readonly FoundWorkflow[] {
  const file = join(path, 'workflow.ts');
  if (!existsSync(file)) return [];
  const found = Object.entries(load.exportsOf(file)).flatMap(([exportName, value]) =>
    isWorkflow(value) ? [{ domain, workflow: value, exportName, file }] : [],
  );
  const [only] = found;
  if (!only || found.length > 1) {
    throw new DiscoveryError(
      `${load.path(file)} exports ${found.length || 'no'} workflows. Export exactly one; another gets a folder of its own.`,
    );
  }
  if (only.workflow.plan.name !== name) {
    throw new DiscoveryError(
      `${load.path(file)} exports the workflow "${only.workflow.plan.name}". A workflow bears the name of its folder: call it "${name}", or rename the folder.`,
    );
  }
  return [only];
}

function refuseTwins(what: string, named: readonly { readonly name: string; readonly file: string }[]): void {
  const seen = new Map<string, string>();
  for (const { name, file } of named) {
    const other = seen.get(name);
    if (other) {
      throw new DiscoveryError(
        `${file} and ${other} are both called "${name}". Names of ${what} are unique: rename one.`,
      );
    }
    seen.set(name, file);
  }
}

/** A step whose atom has no folder would wait for an answer that nobody gives. */
function checkAtoms({ plan, contracts }: Workflow, atoms: readonly FoundAtom[]): void {
  const known = new Map(atoms.map(({ contract }) => [majorId(contract), contract]));
  for (const used of contracts.values()) {
    if (known.has(majorId(used))) continue;
    const other = atoms.find(({ contract }) => contract.name === used.name);
    throw new DiscoveryError(
      `Workflow "${plan.name}" uses ${contractId(used)}, and ${
        other ? `its folder holds ${contractId(other.contract)}` : 'no folder in lambdas holds it'
      }. Add lambdas/<domain>/${used.name} with contract.ts and handler.ts, or use another atom.`,
    );
  }
}

const isContract = (candidate: unknown): candidate is AnyContract =>
  candidate !== null && typeof candidate === 'object' && 'kind' in candidate && candidate.kind === 'contract';
