import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');

interface Started {
  readonly child: ChildProcess;
  readonly output: () => string;
  readonly exited: Promise<number | null>;
}

/** `npm start`, as somebody would run it, without npm around it. */
function start(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Started {
  const child = spawn(process.execPath, ['scripts/prepare.mjs', 'bin/breakwater.ts', 'start', ...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, output: () => output, exited };
}

async function untilSaid({ output, exited }: Started, what: RegExp, seconds = 90): Promise<RegExpExecArray> {
  let over = false;
  void exited.then(() => {
    over = true;
  });
  for (const until = Date.now() + seconds * 1_000; Date.now() < until; await sleep(50)) {
    const found = what.exec(output());
    if (found) return found;
    if (over) break;
  }
  throw new Error(`It never said ${what}:\n${output()}`);
}

/** Emulators of this project that are running. */
function emulators(): readonly string[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(join(root, 'lib', 'local', 'emulator', 'launch.py')))
    .map((line) => line.trim());
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

test('with --once runs twenty orders, accounts for them, ends well and leaves nothing running', async () => {
  const started = start(['--once', '--json']);
  expect(await started.exited).toBe(0);
  const lines = started.output().trim().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
    right: true,
    ends: { fulfilled: 14, declined: 4, failed: 1, rejected: 1 },
    phases: { emulator: expect.any(Number), deploy: expect.any(Number) },
  });
  expect(lines.filter((line) => /^[✔↩✘⊘]/.test(line))).toHaveLength(20);
  expect(emulators()).toEqual([]);
}, 180_000);

test('interrupted in the middle of the deploy, leaves no process and no port', async () => {
  const started = start(['--orders', '2']);
  await untilSaid(started, /deploying/);
  await sleep(1_500);
  started.child.kill('SIGINT');
  expect(await started.exited).toBe(130);
  expect(emulators()).toEqual([]);
}, 120_000);

test('interrupted after its orders, leaves no process and no port', async () => {
  const started = start(['--orders', '1']);
  const port = Number((await untilSaid(started, /deployed to http:\/\/127\.0\.0\.1:(\d+)/))[1]);
  await untilSaid(started, /stays up/);
  started.child.kill('SIGINT');
  expect(await started.exited).toBe(130);
  expect(emulators()).toEqual([]);
  expect(await isFree(port)).toBe(true);
}, 120_000);

test('says so when the emulator dies, ends with an error, and leaves nothing running', async () => {
  const started = start(['--orders', '1']);
  await untilSaid(started, /stays up/);
  const [pid] = emulators().map((line) => Number.parseInt(line, 10));
  process.kill(pid ?? 0, 'SIGKILL');
  expect(await started.exited).toBe(1);
  expect(started.output()).toMatch(
    /The emulator ended unexpectedly \(SIGKILL\)\. Its log is .*; run the same command again\./,
  );
  expect(emulators()).toEqual([]);
}, 120_000);

test('refuses an option that cannot be meant, with the usage', async () => {
  const started = start(['--orders', 'many']);
  expect(await started.exited).toBe(1);
  expect(started.output()).toMatch(/a whole number from 1 to 1000/);
}, 30_000);
