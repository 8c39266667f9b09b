import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { findProcess } from '../../lib/local/processes/index.ts';
import { eventually, Project, type ProjectOptions, untilSaid } from './project.ts';

const NOWHERE = 'http://127.0.0.1:9';

let project: Project;
afterEach(() => project.remove());

const clone = (options: ProjectOptions): Project => {
  project = new Project(options);
  return project;
};

/** A folder with programs that are shell scripts, to stand before all others or alone. */
function programs(scripts: Readonly<Record<string, string>>): string {
  const folder = join(project.root, '.programs');
  mkdirSync(folder);
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

/** What a program has started that wrote its pid into the file `child`. */
const grandchild = (): number => Number(readFileSync(join(project.root, 'child'), 'utf8'));
const hasBegun = (): boolean => existsSync(join(project.root, 'child')) && grandchild() > 0;

test('without a Python says which one is needed and what installs it, and leaves nothing', async () => {
  clone({ python: false });
  const folder = programs({});
  for (const name of ['sh', 'ps'])
    symlinkSync(existsSync(`/bin/${name}`) ? `/bin/${name}` : `/usr/bin/${name}`, join(folder, name));
  const started = project.run(['start', '--once'], { PATH: folder });
  expect(await started.exited).toBe(1);
  expect(started.output()).toMatch(
    /PythonNotFound: The local emulator needs Python 3\.10 or newer[\s\S]*python3: not found[\s\S]*Install it \(.*install/,
  );
  expect(project.processes()).toEqual([]);
}, 60_000);

test('offline at the first run says that the package index is needed once', async () => {
  clone({ python: false });
  const started = project.run(['start', '--once'], { PIP_INDEX_URL: NOWHERE, PIP_RETRIES: '0', PIP_NO_CACHE_DIR: '1' });
  expect(await started.exited).toBe(1);
  expect(started.output()).toMatch(
    /Could not install the emulator: .*-m pip install[\s\S]*It needs the package index the first time; run the same command again when it can be reached\./,
  );
  expect(project.processes()).toEqual([]);
}, 120_000);

test('interrupted while the Python environment is made, leaves no process', async () => {
  clone({ python: false });
  // A Python that takes its time, with a child of its own, as pip has.
  const slow = `case "$1" in -c) echo 3.12.4; echo venv ;; *) sleep 600 & echo "$!" > ${project.root}/child; wait ;; esac`;
  const python = join(programs({ python: slow }), 'python');
  const started = project.run(['start', '--once'], { BREAKWATER_PYTHON: python });
  await untilSaid(started, /Making a private Python/);
  await eventually(hasBegun, 'the Python has begun');
  started.child.kill('SIGINT');
  expect(await started.exited).toBe(130);
  expect([project.processes(), findProcess(grandchild())]).toEqual([[], undefined]);
}, 60_000);

test('offline without packages says that the registry is needed once', async () => {
  clone({ packages: false });
  const started = project.run(['start', '--once'], {
    npm_config_registry: NOWHERE,
    npm_config_fetch_retries: '0',
    npm_config_cache: join(project.root, '.npm-cache'),
  });
  expect(await started.exited).toBe(1);
  expect(started.output()).toMatch(
    /Installing packages[\s\S]*npm ci could not reach the package registry, which it needs the first time\. Run the same command again/,
  );
}, 120_000);

test('interrupted in the middle of npm ci, ends it with all that it started', async () => {
  clone({ packages: false });
  const folder = programs({ npm: `sleep 600 & echo "$!" > ${project.root}/child; trap '' INT; wait; sleep 600` });
  const started = project.run(['start'], { PATH: `${folder}:${process.env.PATH}`, npm_execpath: '' });
  await untilSaid(started, /Installing packages/);
  await eventually(hasBegun, 'npm has begun');
  const began = performance.now();
  started.child.kill('SIGINT');
  expect(await started.exited).toBe(130);
  expect(performance.now() - began).toBeLessThan(5_000);
  expect([project.processes(), findProcess(grandchild())]).toEqual([[], undefined]);
  expect(existsSync(join(project.root, '.breakwater', 'installing.pid'))).toBe(false);
}, 60_000);
