import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { CreateFunctionCommand, GetFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, expect, jest, test } from '@jest/globals';
import {
  type Emulator,
  EmulatorNotStarted,
  type EmulatorOptions,
  identifyEndpoint,
  startEmulator,
} from '../../lib/local/emulator/index.ts';
import { eventually, ROLE } from './under-test.ts';
import { zip } from './zip.ts';

jest.setTimeout(30_000);
const PORT = 4640;
const LOG = '.breakwater/tests/lifecycle.log';
const LIBRARY = join(import.meta.dirname, '../../lib/local/emulator/index.ts');

const running: (Emulator | ChildProcess)[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) {
    if ('stop' in each) await each.stop();
    else await ended(each);
  }
});

/** Killed and gone: until then its emulator has an owner. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

async function started(options: Partial<EmulatorOptions> = {}): Promise<Emulator> {
  const emulator = await startEmulator({ port: PORT, logFile: LOG, ...options });
  running.push(emulator);
  return emulator;
}

const temporaryOf = (logFile: string): string =>
  JSON.parse(readFileSync(logFile.replace(/log$/, 'pid'), 'utf8')).temporary;

/** The command lines of living processes that name a text. */
const processesWith = (text: string): string[] =>
  execFileSync('ps', ['-A', '-ww', '-o', 'stat=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text) && !line.startsWith('Z'));

const isAlive = (pid: number): boolean =>
  execFileSync('ps', ['-A', '-o', 'pid=,stat='], { encoding: 'utf8' })
    .split('\n')
    .some((line) => line.trim().split(/\s+/)[0] === String(pid) && !line.includes('Z'));

/** Leaves a function at work that does not end by itself within a minute. */
async function occupy(endpoint: string, temporary: string): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const functions = new LambdaClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  const code = 'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 60_000));';
  const name = { FunctionName: 'busy' };
  await functions.send(
    new CreateFunctionCommand({
      ...name,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: ROLE,
      Timeout: 90,
      Code: { ZipFile: zip({ 'index.js': code }) },
    }),
  );
  await functions.send(new GetFunctionCommand(name));
  functions.send(new InvokeCommand(name)).catch(() => undefined);
  await eventually(async () => processesWith(temporary).find((line) => line.includes('_worker.js')));
}

/** Another process that starts an emulator; killing it is what a crash of the app looks like. */
async function ownerProcess(options: Partial<EmulatorOptions> = {}): Promise<{ owner: ChildProcess; pid: number }> {
  const script = `
    const { startEmulator } = await import(${JSON.stringify(LIBRARY)});
    const emulator = await startEmulator(${JSON.stringify({ port: PORT, logFile: LOG, ...options })});
    console.log(emulator.pid);
    setInterval(() => 0, 1000);`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(owner);
  const pid = await new Promise<number>((resolve, reject) => {
    owner.stdout?.once('data', (text) => resolve(Number(text)));
    owner.once('exit', (code) => reject(new Error(`The owner ended with ${code}.`)));
  });
  return { owner, pid };
}

test('a port that is taken is left to who has it', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(PORT, '127.0.0.1', resolve));
  try {
    const emulator = await started();
    expect(emulator.port).not.toBe(PORT);
    expect(await identifyEndpoint(emulator.endpoint)).toBe('ministack');
  } finally {
    holder.close();
  }
});

test('of several that start at once with one port, each answers on a port of its own', async () => {
  const logs = ['a', 'b', 'c'].map((name) => LOG.replace('lifecycle', `lifecycle-${name}`));
  const emulators = await Promise.all(logs.map((logFile) => started({ logFile })));
  expect(new Set(emulators.map(({ port }) => port)).size).toBe(3);
  for (const { pid } of emulators) expect(isAlive(pid)).toBe(true);
});

test('stopping ends the emulator and a function at work, frees the port and removes what lay on disk', async () => {
  const emulator = await started();
  const temporary = temporaryOf(LOG);
  await occupy(emulator.endpoint, temporary);
  await emulator.stop();
  expect(await emulator.exited).toBeDefined();
  await eventually(async () => (processesWith(temporary).length ? undefined : true));
  expect(isAlive(emulator.pid)).toBe(false);
  expect(await identifyEndpoint(emulator.endpoint)).toBe('unreachable');
  expect([existsSync(temporary), existsSync(LOG.replace(/log$/, 'pid'))]).toEqual([false, false]);
});

test('killing it at once, as an exit handler does, leaves as little', async () => {
  const emulator = await started();
  const temporary = temporaryOf(LOG);
  await occupy(emulator.endpoint, temporary);
  emulator.killNow();
  expect(await emulator.exited).toEqual({ code: null, signal: 'SIGKILL' });
  await eventually(async () => (processesWith(temporary).length ? undefined : true));
  expect(existsSync(temporary)).toBe(false);
});

test('an emulator whose owner was killed ends, with its functions and its folder', async () => {
  const { owner, pid } = await ownerProcess();
  const temporary = temporaryOf(LOG);
  await occupy(`http://127.0.0.1:${PORT}`, temporary);
  owner.kill('SIGKILL');
  await eventually(async () => (isAlive(pid) || processesWith(temporary).length ? undefined : true));
  expect(existsSync(temporary)).toBe(false);
});

test('an emulator that outlived its owner is ended by the next start, which gets its port', async () => {
  const { owner, pid } = await ownerProcess({ environment: { BREAKWATER_WATCH_PARENT: '0' } });
  const temporary = temporaryOf(LOG);
  owner.kill('SIGKILL');
  await new Promise((resolve) => owner.once('exit', resolve));
  expect(isAlive(pid)).toBe(true);
  const emulator = await started();
  expect(emulator.port).toBe(PORT);
  expect(isAlive(pid)).toBe(false);
  expect(existsSync(temporary)).toBe(false);
});

test('an emulator whose owner lives is left alone: a second start with its log is refused', async () => {
  const { pid } = await ownerProcess();
  const second = startEmulator({ port: PORT, logFile: LOG });
  await expect(second).rejects.toThrow(EmulatorNotStarted);
  await expect(second).rejects.toThrow(/already runs an emulator with the log .*lifecycle\.log, on port 4640/);
  expect(isAlive(pid)).toBe(true);
});

test('an emulator that does not come up is told with the end of its log', async () => {
  const failed = startEmulator({ port: PORT, logFile: LOG, environment: { MINISTACK_MENDS_OFF: 'nonsense' } });
  await expect(failed).rejects.toThrow(EmulatorNotStarted);
  await expect(failed).rejects.toThrow(
    /ended with 1[\s\S]*MINISTACK_MENDS_OFF names no mend: nonsense\. There are: .*engine,/,
  );
});
