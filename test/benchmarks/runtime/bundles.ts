import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundle } from '../../../lib/constructs/bundle.ts';
import { SUBJECTS, type Subject } from './subjects.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** One subject's code as it is deployed. */
export interface Bundled {
  readonly subject: Subject;
  readonly file: string;
  readonly bytes: number;
}

/**
 * Breakwater's as deployment makes them, the others as NodejsFunction does with the options that its documentation
 * recommends for ES modules with the SDK inside: minify, format ESM, mainFields, a require for CommonJS packages.
 */
export async function bundleSubjects(into: string): Promise<readonly Bundled[]> {
  await mkdir(into, { recursive: true });
  const own = SUBJECTS.filter(({ message }) => message === 'envelope');
  await bundle({ entries: own.map(({ name, handler }) => ({ name, file: handler })), into, root });
  for (const { name, handler } of SUBJECTS.filter(({ message }) => message === 'own')) {
    await build({
      absWorkingDir: root,
      entryPoints: [handler],
      outfile: join(into, name, 'index.mjs'),
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      mainFields: ['module', 'main'],
      banner: { js: "import{createRequire}from'module';const require=createRequire(import.meta.url);" },
      logLevel: 'error',
    });
  }
  return Promise.all(
    SUBJECTS.map(async (subject) => {
      const file = join(into, subject.name, 'index.mjs');
      return { subject, file, bytes: (await stat(file)).size };
    }),
  );
}
