import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { Refused } from './errors.ts';
import { askFreshProcess } from './fresh-process.ts';

/** A script that answers with what its module `value.ts` says, in a project of its own. */
function script(work = 'async () => (await import("./lambdas/value.ts")).value'): { root: string; path: string } {
  const root = mkdtempSync(join(tmpdir(), 'breakwater-fresh-'));
  mkdirSync(join(root, 'lambdas'));
  const path = join(root, 'script.ts');
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  writeFileSync(
    path,
    `import { answer } from ${JSON.stringify(join(__dirname, 'fresh-process.ts'))};\nawait answer(${JSON.stringify(root)}, ${work});\n`,
  );
  return { root, path };
}

const { signal } = new AbortController();

test('a module that has changed is seen as it is now', async () => {
  const { root, path } = script();
  for (const value of [1, 2]) {
    writeFileSync(join(root, 'lambdas', 'value.ts'), `export const value: number = ${value};\n`);
    expect(await askFreshProcess(path, null, signal)).toBe(value);
  }
}, 60_000);

test('the question is handed over, and what is printed is no part of the answer', async () => {
  const { path } = script('async (question) => { console.log("aside"); return { heard: question }; }');
  expect(await askFreshProcess(path, { a: [1] }, signal)).toEqual({ heard: { a: [1] } });
}, 60_000);

test('what is thrown is refused with its name, its message and the line in the project', async () => {
  const { root, path } = script();
  writeFileSync(join(root, 'lambdas', 'value.ts'), '\nthrow new RangeError("too far");\n');
  const refused = askFreshProcess(path, null, signal);
  await expect(refused).rejects.toThrow(Refused);
  await expect(refused).rejects.toThrow('RangeError: too far\n  at lambdas/value.ts:2:7');
}, 60_000);

test('a process that ends without an answer is refused with its last words', async () => {
  const { path } = script('async () => { console.error("out of ideas"); process.exit(3); }');
  await expect(askFreshProcess(path, null, signal)).rejects.toThrow(/gave no answer: it ended with 3\.\nout of ideas/);
}, 60_000);

test('a process that hangs is ended by the signal', async () => {
  const { path } = script('() => new Promise((resolve) => setTimeout(resolve, 60_000))');
  const ending = new AbortController();
  const asking = askFreshProcess(path, null, ending.signal);
  setTimeout(() => ending.abort(), 300);
  await expect(asking).rejects.toThrow('aborted');
}, 30_000);
