import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, jest, test } from '@jest/globals';
import { writeConsumer, writeProject } from './consumer.ts';
import { appFolder, root, tarball } from './installation.ts';

jest.setTimeout(300_000);

const bin = (name: string): string => join(root, 'node_modules', '.bin', name);
const run = (file: string, args: readonly string[], cwd: string): string => {
  const { stdout, stderr } = spawnSync(file, args, { cwd, encoding: 'utf8' });
  // In CI some tools colour what they say.
  return stripVTControlCharacters(stdout + stderr);
};

test('publint finds nothing to say about the tarball', () => {
  expect(run(bin('publint'), [tarball(), '--strict'], root)).toMatch(/All good!\s*$/);
});

test('arethetypeswrong finds the types of every door, whatever the way it is resolved', () => {
  const { problems, analysis } = JSON.parse(
    execFileSync(bin('attw'), [tarball(), '--format', 'json'], { encoding: 'utf8' }),
  );
  expect(problems ?? {}).toEqual({});
  expect(analysis.problems).toEqual([]);
});

test('an older compiler with the settings of older CDK apps understands the types', () => {
  writeConsumer('older', 'cjs');
  const project = writeProject('tsconfig.older.json', {
    compilerOptions: {
      target: 'ES2020',
      module: 'commonjs',
      moduleResolution: 'node10',
      lib: ['es2020'],
      declaration: true,
      strict: true,
      skipLibCheck: true,
      noEmit: true,
      types: ['node'],
    },
    include: ['older'],
  });
  expect(run(process.execPath, [olderCompiler(), '-p', project], appFolder('app'))).toBe('');
});

/** arethetypeswrong brings a TypeScript of its own along: 5.6, the last but a few that resolves as Node 10 did. */
function olderCompiler(): string {
  const { resolve } = createRequire(
    createRequire(createRequire(join(root, 'package.json')).resolve('@arethetypeswrong/cli/package.json')).resolve(
      '@arethetypeswrong/core',
    ),
  );
  return resolve('typescript/lib/tsc.js');
}
