#!/usr/bin/env node
// Installs what is missing, then runs a script of the project on the pinned Node: `node scripts/prepare.mjs bin/breakwater.ts start`.
// Plain JavaScript without dependencies: it is what runs on a fresh clone, on whatever Node 20+ the machine has.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { basename, delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = join(root, 'node_modules', '.bin');
const marker = join(root, 'node_modules', '.installed');
const guard = join(root, '.breakwater', 'installing.pid');
const isWindows = process.platform === 'win32';

/** How long npm may take to end once it is asked to. */
const PATIENCE_MS = 700;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** What a shell expects of a program that was ended by a signal: 130 after Ctrl-C. */
const codeOf = (signal) => 128 + constants.signals[signal];

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

/** One installation at a time: a second `npm start` waits for the first, unless that one has died. */
async function alone(work) {
  mkdirSync(join(root, '.breakwater'), { recursive: true });
  let told = false;
  while (!taken()) {
    if (isInstalled()) return;
    const owner = ownerOfGuard();
    if (owner === undefined) rmSync(guard, { force: true });
    else if (!told) process.stderr.write(`Waiting for process ${owner}, which installs the packages …\n`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  const release = () => rmSync(guard, { force: true });
  process.once('exit', release);
  if (!isInstalled()) await work();
  process.removeListener('exit', release);
  release();
}

function taken() {
  try {
    const file = openSync(guard, 'wx');
    writeFileSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when nobody lives who could be installing. */
function ownerOfGuard() {
  try {
    const owner = Number(readFileSync(guard, 'utf8'));
    // Empty for the moment between making and signing it.
    if (!owner) return Date.now() - statSync(guard).mtimeMs < 5_000 ? 'another' : undefined;
    process.kill(owner, 0);
    return owner;
  } catch (error) {
    return error.code === 'EPERM' ? 'another' : error.code === 'ENOENT' ? 'another' : undefined;
  }
}

async function install() {
  const began = Date.now();
  const done = tellProgress('Installing packages from package-lock.json (once, about a minute)');
  // Fewer and shorter waits than npm's own: who is offline should read so within seconds.
  const patience = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=8000'];
  const { code, output, error } = await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=error', ...patience]);
  done();
  if (error?.code === 'ENOENT') {
    fail('npm was not found. It comes with Node from nodejs.org; on Debian and Ubuntu: apt install npm.');
  }
  if (code !== 0) fail(`${output.trim().split('\n').slice(-15).join('\n')}\n\n${adviceOn(output)}`);
  writeFileSync(marker, lock);
  process.stderr.write(`Installed in ${Math.round((Date.now() - began) / 1_000)} s.\n`);
}

const UNREACHABLE = /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH/;

const adviceOn = (output) =>
  UNREACHABLE.test(output)
    ? 'npm ci could not reach the package registry, which it needs the first time. Run the same command again when it can be reached; behind a proxy, set HTTPS_PROXY or `npm config set proxy`.'
    : 'npm ci failed. Mend what it says above, and run the same command again.';

/** In a group of its own, so that it ends with all that it started when somebody interrupts it. */
function runNpm(args) {
  const own = process.env.npm_execpath;
  const isOwn = own !== undefined && basename(own) === 'npm-cli.js' && existsSync(own);
  const [command, ...leading] = isOwn ? [process.execPath, own] : ['npm'];
  let interruptedBy;
  const interrupt = (signal) => {
    if (interruptedBy) return;
    interruptedBy = signal;
    signalGroup(npm, 'SIGINT');
    setTimeout(() => signalGroup(npm, 'SIGKILL'), PATIENCE_MS).unref();
  };
  const kill = () => signalGroup(npm, 'SIGKILL');
  // Before there is anything to end: a Ctrl-C right after the start would end only this process, and leave npm.
  for (const signal of SIGNALS) process.on(signal, interrupt);
  process.once('exit', kill);
  const npm = spawn(command, [...leading, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !isWindows,
    shell: isWindows && !isOwn,
  });
  return new Promise((resolve) => {
    let output = '';
    for (const stream of [npm.stdout, npm.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    const end = (code, error) => {
      if (interruptedBy) {
        process.stderr.write('\nInterrupted; the next start installs the packages anew.\n');
        process.exit(codeOf(interruptedBy));
      }
      for (const signal of SIGNALS) process.removeListener(signal, interrupt);
      process.removeListener('exit', kill);
      resolve({ code, output, error });
    };
    npm.once('error', (error) => end(null, error));
    npm.once('close', (code) => end(code));
  });
}

function signalGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    if (isWindows) spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    else process.kill(-child.pid, signal);
  } catch {
    // Nothing is left of it.
  }
}

/** A line that counts the seconds on a terminal, else just a line. Returns what ends it. */
function tellProgress(text) {
  const { stderr } = process;
  if (!stderr.isTTY || process.env.TERM === 'dumb') {
    stderr.write(`${text} …\n`);
    return () => {};
  }
  const began = Date.now();
  const draw = () => {
    const line = `   ${text} ${Math.round((Date.now() - began) / 1_000)} s`;
    stderr.write(`\r\u001b[2K${line.slice(0, (stderr.columns ?? 80) - 1)}`);
  };
  draw();
  const timer = setInterval(draw, 1_000);
  return () => {
    clearInterval(timer);
    stderr.write('\r\u001b[2K');
  };
}

/** The script itself, in front of the terminal: keys are its own. */
function run() {
  const node = join(bin, isWindows ? 'node.exe' : 'node');
  const child = spawn(existsSync(node) ? node : process.execPath, process.argv.slice(2), {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, NODE_NO_WARNINGS: '1' },
  });
  // A terminal sends Ctrl-C to both; the child decides when it is done, and this one only passes on how it ended.
  for (const signal of SIGNALS) process.on(signal, () => child.kill(signal));
  child.once('error', (error) =>
    fail(`Could not run ${node}: ${error.message}. Delete node_modules and run the same command again.`),
  );
  child.once('exit', (code, signal) => process.exit(signal ? codeOf(signal) : (code ?? 1)));
}

if (!isInstalled()) await alone(install);
run();
