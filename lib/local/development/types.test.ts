import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checkTypes, describeMistakes } from './types.ts';

const CHECKOUT = join(__dirname, '..', '..', '..');

/** A project with these files and strict settings. */
function project(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'breakwater-types-'));
  const all = { 'tsconfig.json': '{"compilerOptions":{"strict":true,"noEmit":true,"types":[]}}', ...files };
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  symlinkSync(join(CHECKOUT, 'node_modules'), join(root, 'node_modules'));
  return root;
}

const { signal } = new AbortController();
const MISTAKEN = { 'lambdas/a.ts': 'export const a: number = 1;\nexport const b: string = 2;\n' };

test('a mistake is told with its file and line', async () => {
  const root = project(MISTAKEN);
  const mistakes = await checkTypes({ root, files: ['lambdas/a.ts'], signal });
  expect(describeMistakes(mistakes)).toMatch(
    /^lambdas\/a\.ts:2:14 TS2322: Type 'number' is not assignable to type 'string'\.$/,
  );
}, 60_000);

test('a mistake in a file that takes no part is not looked for; in the whole project it is', async () => {
  const root = project({ ...MISTAKEN, 'lambdas/b.ts': 'export const b = 1;\n' });
  expect(await checkTypes({ root, files: ['lambdas/b.ts'], signal })).toEqual([]);
  expect(await checkTypes({ root, signal })).toHaveLength(1);
}, 60_000);

test('what is declared for all files is known to some of them', async () => {
  const root = project({ 'lib/globals.d.ts': 'declare const known: 1;', 'lambdas/a.ts': 'export const a: 1 = known;' });
  expect(await checkTypes({ root, files: ['lambdas/a.ts'], signal })).toEqual([]);
}, 60_000);

test('of many mistakes the first five are shown', () => {
  const mistakes = Array.from({ length: 7 }, (_, line) => ({ file: 'a.ts', line, column: 1, text: 'TS1: no' }));
  expect(describeMistakes(mistakes).split('\n')).toEqual([
    ...[0, 1, 2, 3, 4].map((line) => `a.ts:${line}:1 TS1: no`),
    '… and 2 more',
  ]);
});
