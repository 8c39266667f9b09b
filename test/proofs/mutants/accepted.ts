import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Changes of one file that no test notices, and need not: with why. */
export interface Acceptance {
  /** In lib/runtime. */
  readonly file: string;
  readonly reason: string;
  /** What stands there, and what is put in its place, as the page prints them: it goes stale when the code changes. */
  readonly changes: readonly (readonly [original: string, replacement: string])[];
}

export const accepted = async (): Promise<readonly Acceptance[]> =>
  JSON.parse(await readFile(join(import.meta.dirname, 'accepted.json'), 'utf8'));
