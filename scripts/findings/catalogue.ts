import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Proof } from '../../test/proofs/finding.ts';

/** One kind of what can be found out. */
export interface Kind {
  /** As in `npm run prove`. */
  readonly command: 'prove' | 'bench';
  readonly noun: string;
  /** Under which each module exports its own. */
  readonly export: string;
  /** Where the modules are, from the project's root. */
  readonly folder: string;
}

const NO_MODULE = /^finding$|\.test$/;

/** The names of what there is: a file each, or a folder with an index. */
export async function namesIn(folder: string): Promise<readonly string[]> {
  const entries = existsSync(folder) ? await readdir(folder, { withFileTypes: true }) : [];
  return entries
    .filter((entry) => (entry.isDirectory() ? existsSync(join(folder, entry.name, 'index.ts')) : true))
    .filter((entry) => entry.isDirectory() || entry.name.endsWith('.ts'))
    .map(({ name }) => name.replace(/\.ts$/, ''))
    .filter((name) => !NO_MODULE.test(name))
    .sort();
}

/** @throws Error for a module that does not export what it should */
export async function load(folder: string, name: string, exported: string): Promise<Proof> {
  const file = [join(folder, `${name}.ts`), join(folder, name, 'index.ts')].find(existsSync);
  const module = file === undefined ? {} : await import(pathToFileURL(file).href);
  if (module[exported]) return module[exported];
  throw new Error(`${file ?? join(folder, name)} exports no "${exported}".`);
}
