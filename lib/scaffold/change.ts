import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ScaffoldError } from './errors.ts';

/** A file that is to be written, or to be added to. */
export interface Change {
  /** From the project's folder, with slashes. */
  readonly path: string;
  readonly content: string;
  /** What stands there now, of a file that is added to. A new file when left out: nothing may stand there. */
  readonly before?: string;
}

/**
 * Writes all changes or none.
 * @returns what takes them back, with everything that has come into new folders since
 * @throws ScaffoldError if a new file exists, or a file is not as it was when the change was made
 */
export async function apply(root: string, changes: readonly Change[]): Promise<() => Promise<void>> {
  for (const change of changes) await checkAsExpected(root, change);
  const undo: (() => Promise<void>)[] = [];
  const takeBack = async (): Promise<void> => {
    for (const each of undo.reverse()) await each();
  };
  try {
    for (const change of changes) await write(root, change, undo);
  } catch (error) {
    await takeBack();
    throw error;
  }
  return takeBack;
}

async function checkAsExpected(root: string, { path, before }: Change): Promise<void> {
  const file = join(root, path);
  if (before === undefined) {
    if (existsSync(file)) throw new ScaffoldError(`${path} exists already, and nothing is overwritten.`);
  } else if ((await readFile(file, 'utf8')) !== before) {
    throw new ScaffoldError(`${path} was changed meanwhile. Run the same command again.`);
  }
}

async function write(root: string, { path, content, before }: Change, undo: (() => Promise<void>)[]): Promise<void> {
  const file = join(root, path);
  if (before !== undefined) {
    undo.push(() => writeFile(file, before));
    await replace(file, content);
    return;
  }
  const made = await mkdir(dirname(file), { recursive: true });
  if (made) undo.push(() => rm(made, { recursive: true }));
  await writeFile(file, content, { flag: 'wx' });
  undo.push(() => rm(file, { force: true }));
}

/** In one piece: whoever reads it sees the one or the other. */
async function replace(file: string, content: string): Promise<void> {
  const beside = `${file}.new`;
  await writeFile(beside, content);
  await rename(beside, file);
}
