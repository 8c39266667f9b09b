import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { manifest, packageFolder, root, tarball } from './installation.ts';
import { importedIn } from './specifiers.ts';

const folder = packageFolder();
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((each) => each.isFile())
  .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).replaceAll('\\', '/'));
const bytesOf = (which: readonly string[]): number =>
  which.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
const textOf = (file: string): string => readFileSync(join(folder, file), 'utf8');
const code = files.filter((file) => /^dist\/(esm|cjs)\/.*\.(js|d\.ts)$/.test(file));

/** The platform's Lambdas, found by their folders. */
const platform = readdirSync(join(root, 'lambdas', 'platform'));

describe('the tarball holds', () => {
  test('what is used, and what a reader looks for', () => {
    const known = new Set([
      'package.json',
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'dist/cjs/package.json',
      'dist/lint/handlers.grit',
      ...code,
      ...platform.flatMap((name) => [`dist/lambdas/${name}/index.mjs`, `dist/lambdas/${name}/index.mjs.map`]),
    ]);
    expect(files.filter((file) => !known.has(file))).toEqual([]);
    expect([...known].filter((file) => !files.includes(file))).toEqual([]);
  });

  test('no tests, and nothing of the house: its stacks, its emulator, its commands', () => {
    const rooms = new Set(code.filter((file) => file.split('/').length > 3).map((file) => file.split('/')[2]));
    for (const room of ['stacks', 'local', 'console']) expect(rooms).not.toContain(room);
    expect(files.filter((file) => /\.(test|suite|test-d)\./.test(file))).toEqual([]);
    expect(files.filter((file) => /bin\/(?!operator|run|commands\/(explain|stop|dead-letters)\.)/.test(file))).toEqual(
      [],
    );
  });

  test('little: 2 MB of rooms and 1 MB a Lambda at most, before it is packed', () => {
    expect(bytesOf(code)).toBeLessThan(2_000_000);
    for (const name of platform) {
      expect(bytesOf(files.filter((file) => file.startsWith(`dist/lambdas/${name}/`)))).toBeLessThan(1_000_000);
    }
    expect(statSync(tarball()).size).toBeLessThan(150_000 + 250_000 * platform.length);
  });

  test('no path of the machine that it was built on', () => {
    expect(files.filter((file) => textOf(file).includes(root))).toEqual([]);
  });
});

describe('the compiled files', () => {
  test('name only files that are there', () => {
    const missing = code.flatMap((file) =>
      importedIn(textOf(file))
        .filter((name) => name.startsWith('.'))
        .map((name) => join(file, '..', file.endsWith('.d.ts') ? name.replace(/\.js$/, '.d.ts') : name))
        .filter((path) => !files.includes(path)),
    );
    expect(missing).toEqual([]);
  });

  test('import what package.json declares, and it declares nothing that they do not import', () => {
    const imported = new Set(
      code
        .flatMap((file) => importedIn(textOf(file)))
        .filter((name) => !/^(\.|node:|breakwater\/)/.test(name))
        .map((name) =>
          name
            .split('/')
            .slice(0, name.startsWith('@') ? 2 : 1)
            .join('/'),
        )
        // A package of types only, which is published under another name.
        .map((name) => (name === 'aws-lambda' ? '@types/aws-lambda' : name)),
    );
    const { dependencies, peerDependencies } = manifest();
    expect([...imported].sort()).toEqual([...Object.keys(dependencies), ...Object.keys(peerDependencies)].sort());
  });
});

test.each(platform)(
  'the platform’s %s is a bundle that loads by itself and exports its handler',
  (name) => {
    const bundle = pathToFileURL(join(folder, 'dist', 'lambdas', name, 'index.mjs')).href;
    const script = `console.log(typeof (await import(${JSON.stringify(bundle)})).handler)`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
    expect(printed.trim()).toBe('function');
  },
  30_000,
);
