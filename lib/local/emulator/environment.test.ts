import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { preparePythonEnvironment } from './environment.ts';
import { PythonEnvironmentFailed } from './errors.ts';

/**
 * A Python that makes an environment with itself in it and whose pip only counts its runs. Faithful in what is asked of
 * it: `-c` answers the probe, `-m venv` makes the folder, `-m pip` fails when the file `offline` is there.
 */
const pythonIn = (root: string) => `#!/bin/sh
case "$1 $2" in
  "-c "*) echo 3.12.4; echo venv ;;
  "-m venv") mkdir -p "$3/bin" && cp "${root}/python3" "$3/bin/python" && echo "version = 3.12.4" > "$3/pyvenv.cfg" ;;
  "-m pip") echo run >> "${root}/pip-runs"; sleep 0.2
    if [ -e "${root}/offline" ]; then echo "Retrying"; echo "ERROR: No matching distribution found for ministack" >&2; exit 1; fi ;;
esac
`;

let root: string;
let said: string[];
const before = process.env.BREAKWATER_PYTHON;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'breakwater-environment-'));
  said = [];
  process.env.BREAKWATER_PYTHON = join(root, 'python3');
  await writeFile(process.env.BREAKWATER_PYTHON, pythonIn(root));
  await chmod(process.env.BREAKWATER_PYTHON, 0o755);
});

afterEach(async () => {
  if (before === undefined) delete process.env.BREAKWATER_PYTHON;
  else process.env.BREAKWATER_PYTHON = before;
  await rm(root, { recursive: true });
});

const prepare = () => preparePythonEnvironment({ projectRoot: root, onProgress: (message) => said.push(message) });
const pipRuns = async () => (await readFile(join(root, 'pip-runs'), 'utf8')).trim().split('\n').length;

test('the environment is installed once, with a word on what takes long', async () => {
  expect(await prepare()).toBe(join(root, '.breakwater', 'python', 'bin', 'python'));
  expect(said).toEqual([expect.stringContaining('Python 3.12.4'), expect.stringContaining('Installing MiniStack')]);
  await prepare();
  expect(said).toHaveLength(2);
  expect(await pipRuns()).toBe(1);
});

test('two at once install it once', async () => {
  await Promise.all([prepare(), prepare()]);
  expect(await pipRuns()).toBe(1);
});

test('what an interrupted installation left is removed, its lock taken over, and all made anew', async () => {
  const remains = join(root, '.breakwater', 'python', 'half');
  await mkdir(remains, { recursive: true });
  await writeFile(join(root, '.breakwater', 'python.lock'), '999999999'); // no process has so high an id
  await prepare();
  await expect(stat(remains)).rejects.toThrow('ENOENT');
  expect(await pipRuns()).toBe(1);
});

test('a Python that was replaced since makes it anew', async () => {
  await prepare();
  await writeFile(join(root, '.breakwater', 'python', 'pyvenv.cfg'), 'version = 3.13.0\n');
  await prepare();
  expect(await pipRuns()).toBe(2);
});

test('when pip fails, the error has its command and its last lines, and the next try starts over', async () => {
  await writeFile(join(root, 'offline'), '');
  const failed = prepare();
  await expect(failed).rejects.toThrow(PythonEnvironmentFailed);
  await expect(failed).rejects.toThrow(/-m pip install .* ended with 1\nRetrying\nERROR: No matching distribution/);
  await rm(join(root, 'offline'));
  await prepare();
  expect(await pipRuns()).toBe(2);
});
