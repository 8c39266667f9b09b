import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { bundle, describeSizes, inputsOf, openBundler, readBundles } from './bundle.ts';
import { BundleError } from './bundle-error.ts';
import { bundleNow } from './code.ts';

function folder(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'breakwater-bundle-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

const HANDLER = "import { words } from './words.ts';\nexport const handler = (): string => words.join(' ');\n";
const house = () => folder({ 'handler.ts': HANDLER, 'words.ts': "export const words: string[] = ['a', 'b'];\n" });
const entriesOf = (root: string) => [
  { name: 'from-file', file: join(root, 'handler.ts') },
  { name: 'from-text', source: "export { handler } from './handler.ts';", folder: root },
];
const codeOf = (root: string, name: string) => readFileSync(join(root, 'out', name, 'index.mjs'), 'utf8');

describe('bundling', () => {
  test('gives each entry a folder of its own with an ES module and its source map', async () => {
    const root = house();
    const bundles = await bundle({ entries: entriesOf(root), into: join(root, 'out'), root });
    for (const name of ['from-file', 'from-text']) {
      const made = bundles.get(name);
      expect(made?.folder).toBe(join(root, 'out', name));
      expect(readdirSync(join(root, 'out', name)).sort()).toEqual(['index.mjs', 'index.mjs.map']);
      expect(made?.bytes).toBe(Buffer.byteLength(codeOf(root, name)));
      expect(codeOf(root, name)).toMatch(/export\{\w+ as handler\}/);
    }
    expect(describeSizes(bundles.values())).toMatch(/^ +0 KiB {2}from-\w+\n +0 KiB {2}from-\w+$/);
  });

  test('gives the same bytes for the same input, wherever it lies, and leaves equal files alone', async () => {
    const [one, two] = [house(), house()];
    await bundle({ entries: entriesOf(one), into: join(one, 'out'), root: one });
    await bundle({ entries: entriesOf(two), into: join(two, 'out'), root: two });
    expect(codeOf(one, 'from-file')).toBe(codeOf(two, 'from-file'));
    const written = statSync(join(one, 'out/from-file/index.mjs')).mtimeMs;
    await bundle({ entries: entriesOf(one), into: join(one, 'out'), root: one });
    expect(statSync(join(one, 'out/from-file/index.mjs')).mtimeMs).toBe(written);
  });

  test('names the file and line of a mistake', async () => {
    const root = folder({ 'handler.ts': "import { words } from './nowhere.ts';\nexport const handler = words;\n" });
    const failed = bundle({ entries: [{ name: 'x', file: join(root, 'handler.ts') }], into: join(root, 'out'), root });
    await expect(failed).rejects.toThrow(BundleError);
    await expect(failed).rejects.toThrow(
      'The Lambdas could not be bundled:\n  handler.ts:1:22: Could not resolve "./nowhere.ts"',
    );
  });

  test('makes nothing of nothing', async () => {
    expect(await bundle({ entries: [], into: 'nowhere', root: '.' })).toEqual(new Map());
  });
});

describe('bundling again and again', () => {
  test('gives the bytes that bundling once gives, before and after a change', async () => {
    const root = house();
    const options = { entries: entriesOf(root), root };
    const bundler = await openBundler({ ...options, into: join(root, 'out') });
    for (const words of ["['a', 'b']", "['a', 'c']"]) {
      writeFileSync(join(root, 'words.ts'), `export const words: string[] = ${words};\n`);
      await bundler.bundle();
      await bundle({ ...options, into: join(root, 'once') });
      for (const file of ['index.mjs', 'index.mjs.map']) {
        expect(readFileSync(join(root, 'out/from-text', file))).toEqual(
          readFileSync(join(root, 'once/from-text', file)),
        );
      }
    }
    await bundler.dispose();
  });

  test('names the file and line of a mistake, and goes on when it is mended', async () => {
    const root = house();
    const bundler = await openBundler({ entries: entriesOf(root), into: join(root, 'out'), root });
    writeFileSync(join(root, 'words.ts'), 'export const words = [;\n');
    await expect(bundler.bundle()).rejects.toThrow('  words.ts:1:22: Unexpected ";"');
    writeFileSync(join(root, 'words.ts'), "export const words = ['c'];\n");
    await bundler.bundle();
    expect(codeOf(root, 'from-file')).toContain('"c"');
    await bundler.dispose();
  });
});

describe('bundles that were written before', () => {
  test('are taken as they are', async () => {
    const root = house();
    const options = { entries: entriesOf(root), into: join(root, 'out'), root };
    const made = await bundle(options);
    expect(await readBundles(options)).toEqual(made);
  });

  test('are missed by name', async () => {
    const root = house();
    const missing = readBundles({ entries: entriesOf(root), into: join(root, 'out'), root });
    await expect(missing).rejects.toThrow(
      `${join(root, 'out', 'from-file')} holds no index.mjs. Bundle from-file first.`,
    );
  });
});

describe('the files that a bundle is made of', () => {
  test('are the project’s own, through every import but those for types alone', async () => {
    const root = folder({
      'handler.ts':
        "import * as z from 'zod';\nimport { one } from './one.ts';\nexport const handler = () => z.int().parse(one);\n",
      'one.ts':
        "import type { Two } from './two.ts';\nimport { three } from './three.ts';\nexport const one: Two = three;\n",
      'two.ts': 'export type Two = number;\n',
      'three.ts': 'export const three = 3;\nexport const unused = 4;\n',
      'four.ts': 'export const four = 4;\n',
    });
    const inputs = await inputsOf({ entries: entriesOf(root), root });
    expect([...(inputs.get('from-file') ?? [])].sort()).toEqual(['handler.ts', 'one.ts', 'three.ts']);
    expect([...(inputs.get('from-text') ?? [])].sort()).toEqual(['handler.ts', 'one.ts', 'three.ts']);
  });

  test('are none of nothing', async () => expect(await inputsOf({ entries: [], root: '.' })).toEqual(new Map()));
});

describe('an entry that is bundled at synthesis', () => {
  const bundled = (file: string, content: string) => {
    const root = folder({ [file]: content });
    const into = join(root, 'out');
    bundleNow(join(root, file), into);
    return into;
  };
  const script = (into: string) =>
    `console.log(typeof (await import(${JSON.stringify(join(into, 'index.mjs'))})).handler)`;

  test.each([
    ['an ES module in TypeScript', 'handler.ts', 'export const handler = async (): Promise<number> => 1;\n'],
    ['a CommonJS file', 'handler.js', 'exports.handler = async () => 1;\n'],
  ])('%s exports its handler by name, as Lambda looks for it', (_, file, content) => {
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script(bundled(file, content))]);
    expect(printed.toString().trim()).toBe('function');
  });

  test('without a handler is refused, with the file', () => {
    expect(() => bundled('handler.ts', 'export const other = 1;\n')).toThrow(
      /handler\.ts.*handler|handler.*handler\.ts/s,
    );
  });
});
