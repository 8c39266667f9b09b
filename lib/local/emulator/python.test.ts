import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PythonNotFound } from './errors.ts';
import { findPython } from './python.ts';

// Interpreters that are shell scripts: what they print stands for what a Python of that kind answers.
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'breakwater-python-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function interpreter(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

test('without any Python the error says what was looked for and what installs one', async () => {
  const search = findPython({ PATH: folder });
  await expect(search).rejects.toThrow(PythonNotFound);
  await expect(search).rejects.toThrow(/ {2}python3: not found\n {2}python: not found\n {2}py -3: not found/);
  await expect(search).rejects.toThrow(/Install it \(.*(apt|brew|winget) install/);
});

test('a Python that is too old, or without venv, is refused with the reason and the next one is taken', async () => {
  await interpreter('python3', 'echo 3.9.6; echo venv');
  await interpreter('python', 'echo 3.12.1; exit 1');
  await expect(findPython({ PATH: folder })).rejects.toThrow(
    'python3: is 3.9.6\n  python: is 3.12.1, but without venv',
  );
  await interpreter('python3.13', 'echo 3.13.2; echo venv');
  expect(await findPython({ PATH: [folder, '/bin'].join(delimiter) })).toEqual({
    command: 'python3.13',
    leadingArguments: [],
    version: '3.13.2',
  });
});

test('BREAKWATER_PYTHON is the only one that is looked at', async () => {
  const chosen = await interpreter('my python', 'echo 3.11.0; echo venv');
  expect(await findPython({ PATH: folder, BREAKWATER_PYTHON: chosen })).toMatchObject({ command: chosen });
  const missing = findPython({ PATH: folder, BREAKWATER_PYTHON: '/nowhere/python' });
  await expect(missing).rejects.toThrow('(BREAKWATER_PYTHON):\n  /nowhere/python: not found\nInstall');
});
