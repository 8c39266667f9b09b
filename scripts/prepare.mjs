#!/usr/bin/env node
// Installs what is missing, then runs a script of the project on the pinned Node: `node scripts/prepare.mjs bin/breakwater.ts start`.
// Plain JavaScript without dependencies: it is what runs on a fresh clone, on whatever Node 20+ the machine has.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');
const marker = join(root, 'node_modules', '.installed');

function fail(message) {
  process.stderr.write(`\n${message}\n`);
  process.exit(1);
}

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 12)) {
  fail(
    `Node ${process.versions.node} is too old: Node 20.12 or newer is needed. Get it from nodejs.org or with a version manager (nvm install 24).`,
  );
}

const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const isInstalled = () => existsSync(marker) && readFileSync(marker, 'utf8') === lock;

/** One installation at a time: a second `npm start` waits for the first. */
async function install() {
  const guard = join(root, '.breakwater', 'installing');
  mkdirSync(join(root, '.breakwater'), { recursive: true });
  for (;;) {
    try {
      mkdirSync(guard);
      break;
    } catch {
      if (isInstalled()) return;
      if (Date.now() - statSync(guard, { throwIfNoEntry: false })?.mtimeMs > 15 * 60_000)
        rmSync(guard, { recursive: true, force: true });
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  const release = () => rmSync(guard, { recursive: true, force: true });
  process.once('exit', release);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  process.stderr.write('Installing packages from package-lock.json (once, about a minute) …\n');
  const started = Date.now();
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    const lines = `${npm.stdout ?? ''}${npm.stderr ?? ''}`.trim().split('\n').slice(-15).join('\n');
    fail(
      `${lines}\n\nnpm ci failed. It needs the package registry the first time; run the same command again when it can be reached.`,
    );
  }
  writeFileSync(marker, lock);
  process.stderr.write(`Installed in ${Math.round((Date.now() - started) / 1_000)} s.\n`);
  release();
}

if (!isInstalled()) await install();

const node = join(bin, process.platform === 'win32' ? 'node.exe' : 'node');
const child = spawn(existsSync(node) ? node : process.execPath, process.argv.slice(2), {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, NODE_NO_WARNINGS: '1' },
});
// A terminal sends Ctrl-C to both; the child decides when it is done, and this one only passes on how it ended.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
