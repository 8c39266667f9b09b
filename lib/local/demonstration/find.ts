import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { atomsOf, isWorkflow, type Workflow } from '../../workflow/index.ts';
import type { Demonstration } from './demonstration.ts';

/** A workflow of this project, with what shows it. */
export interface ShownWorkflow {
  readonly workflow: Workflow;
  readonly demonstration?: Demonstration;
  /** Where it lies, from the project's folder: `state-machines/orders/fulfil-order`. */
  readonly folder: string;
}

/** A workflow that can be shown. */
export type DemonstratedWorkflow = ShownWorkflow & { readonly demonstration: Demonstration };

/** There is nothing of that name to show. The message says what there is. */
export class NothingToShow extends Error {
  override readonly name = 'NothingToShow';
}

/** The workflows of a project, by their folders. Loads no CDK, which takes a second. */
export async function findWorkflows(root: string): Promise<readonly ShownWorkflow[]> {
  const base = join(root, 'state-machines');
  const folders = foldersIn(base).flatMap((domain) => foldersIn(join(base, domain)).map((name) => join(domain, name)));
  const found = await Promise.all(folders.map((folder) => shownIn(root, join(base, folder))));
  return found.flat();
}

/**
 * The one that `npm start` shows: the first with a `demonstration.ts` beside it, or the one of a name.
 * @throws NothingToShow
 */
export async function findDemonstration(root: string, name?: string): Promise<DemonstratedWorkflow> {
  if (name !== undefined) {
    const named = await findWorkflow(root, name);
    if (isDemonstrated(named)) return named;
    throw new NothingToShow(`${named.folder} has no demonstration.ts: add one, as the other workflows have.`);
  }
  const found = (await findWorkflows(root)).find(isDemonstrated);
  if (found) return found;
  throw new NothingToShow(
    'No workflow has a demonstration.ts beside it, so there is nothing to show. `npx cdk deploy --all` deploys the app.',
  );
}

/**
 * The workflow of a name, or the demonstrated one where none is given.
 * @throws NothingToShow
 */
export async function findWorkflow(root: string, name: string | undefined): Promise<ShownWorkflow> {
  if (name === undefined) return findDemonstration(root);
  const all = await findWorkflows(root);
  const found = all.find(({ workflow }) => workflow.plan.name === name);
  if (found) return found;
  const names = all.map(({ workflow }) => workflow.plan.name).join(', ') || 'none';
  throw new NothingToShow(`No workflow "${name}" stands in state-machines. There are: ${names}.`);
}

/** What the atoms of a project's workflows depend on outside: `payments`, `carrier`. */
export async function findDependencies(root: string): Promise<readonly string[]> {
  const atoms = (await findWorkflows(root)).flatMap(({ workflow }) => atomsOf(workflow.plan));
  return [...new Set(atoms.flatMap(({ dependency }) => dependency ?? []))].sort();
}

const isDemonstrated = (shown: ShownWorkflow): shown is DemonstratedWorkflow => shown.demonstration !== undefined;

const foldersIn = (path: string): readonly string[] =>
  existsSync(path)
    ? readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
    : [];

async function shownIn(root: string, folder: string): Promise<readonly ShownWorkflow[]> {
  const workflow = Object.values(await exportsOf(join(folder, 'workflow.ts'))).find(isWorkflow);
  if (!workflow) return [];
  const { demonstration } = (await exportsOf(join(folder, 'demonstration.ts'))) as { demonstration?: Demonstration };
  const place = relative(root, folder).replaceAll('\\', '/');
  return [{ workflow, folder: place, ...(demonstration ? { demonstration } : {}) }];
}

const exportsOf = async (file: string): Promise<Readonly<Record<string, unknown>>> =>
  existsSync(file) ? import(pathToFileURL(file).href) : {};
