import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The versions of Node that are here, by name: the pinned one, and the machine's own where that is another. */
export function nodes(): readonly (readonly [version: string, file: string])[] {
  const executable = process.platform === 'win32' ? 'node.exe' : 'node';
  const own = (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .map((folder) => join(folder, executable))
    .find((file) => existsSync(file));
  const found = new Map([[process.version, process.execPath]]);
  if (own) {
    const version = execFileSync(own, ['--version'], { encoding: 'utf8' }).trim();
    if (!found.has(version)) found.set(version, own);
  }
  return [...found];
}
