import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endGroup, killGroup } from '../processes/index.ts';
import { identifyEndpoint } from './endpoint.ts';
import { preparePythonEnvironment } from './environment.ts';
import { EmulatorNotStarted } from './errors.ts';
import { withLock } from './lock.ts';
import { endLeftover, LAUNCH, pidFileOf, writePidFile } from './pid-file.ts';
import { choosePort } from './port.ts';
import { settingsOf } from './settings.ts';

const DEFAULT_PORT = 4566;
const READY_MS = 30_000;
const STOP_MS = 3_000;
const PORTS_TRIED = 3;
const SHOWN_LINES = 15;

/** How to start an emulator. */
export interface EmulatorOptions {
  /** The port to listen on when it is free; else a free one is taken. Left out, 4566, the port of LocalStack. */
  readonly port?: number;
  /** Where its log goes, emptied at each start. A pid file lies beside it. */
  readonly logFile: string;
  /** Set for the emulator and, as MiniStack passes its environment on, for its functions. */
  readonly environment?: Readonly<Record<string, string>>;
  /** The folder whose `node` runs the functions. Left out, that of the Node that runs this. */
  readonly nodeBin?: string;
  /** Holds `.breakwater`. Left out, the working directory. */
  readonly projectRoot?: string;
  /** Told what takes long, such as the first installation. Left out, nothing is said. */
  readonly onProgress?: (message: string) => void;
  /** Ends the start in the middle, and leaves nothing. */
  readonly signal?: AbortSignal;
}

/** How an emulator's process ended. */
export interface EmulatorExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running emulator. It keeps the process that started it running until it is stopped, and ends with it, however. */
export interface Emulator {
  /** For example `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly port: number;
  /** The port that it would have had, had nobody been there before. */
  readonly takenPort?: number;
  readonly pid: number;
  readonly logFile: string;
  /** Settled once its process has ended, for whatever reason. */
  readonly exited: Promise<EmulatorExit>;
  /** Ends it and the functions that it runs, within about 3 s, and removes what it kept on disk. */
  stop(): Promise<void>;
  /** The same at once and synchronously, for an `exit` handler. */
  killNow(): void;
  /** Lets it outlive this process, until the next start with the same log, or `breakwater down`, ends it. */
  letGo(): Promise<void>;
}

/**
 * Starts MiniStack with Breakwater's mends and resolves once it answers. The first start of a project installs it.
 *
 * @example
 * const emulator = await startEmulator({ logFile: '.breakwater/emulator.log' });
 * const queues = new SQSClient({ endpoint: emulator.endpoint, region: 'us-east-1' });
 * await emulator.stop();
 *
 * @throws EmulatorError when there is no Python, its environment can't be made, or the emulator does not come up
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const logFile = resolve(options.logFile);
  const { projectRoot = process.cwd(), onProgress = () => undefined, signal } = options;
  const python = await preparePythonEnvironment({ projectRoot, onProgress, ...(signal && { signal }) });
  await mkdir(dirname(logFile), { recursive: true });
  for (let attempt = 1; ; attempt += 1) {
    const emulator = await startAlone(python, { ...options, logFile, onProgress });
    try {
      await ready(emulator, signal);
      return emulator;
    } catch (error) {
      emulator.killNow();
      // Somebody took the port after it was found free; another one will be chosen.
      if (attempt === PORTS_TRIED || !(await says(logFile, /already in use/))) throw error;
    }
  }
}

/** One start at a time: of two that look for a leftover at once, one must find the other's emulator. */
function startAlone(python: string, options: EmulatorOptions & Required<Pick<EmulatorOptions, 'onProgress'>>) {
  const { logFile, onProgress, port: preferred = DEFAULT_PORT, environment = {}, signal } = options;
  const waiting = (owner: number) => onProgress(`Waiting for process ${owner}, which is starting an emulator`);
  const lock = { file: `${pidFileOf(logFile)}.lock`, onWait: waiting, ...(signal && { signal }) };
  return withLock(lock, async () => {
    const ended = await endLeftover(logFile);
    if (ended !== undefined) onProgress(`Ended an emulator that was left running (process ${ended})`);
    const port = await choosePort(preferred);
    // Not under the project: a function would find the project's node_modules and package.json, which AWS does not have.
    const temporary = await mkdtemp(join(tmpdir(), 'breakwater-emulator-'));
    const nodeBin = options.nodeBin ?? dirname(process.execPath);
    const child = launch(python, logFile, settingsOf({ port, temporary, nodeBin, environment }));
    return control(child, { port, preferred, logFile, temporary });
  });
}

/** In a group of its own, which a terminal's Ctrl+C does not reach and which can be ended as one. */
function launch(python: string, logFile: string, env: Record<string, string>): ChildProcess {
  const log = openSync(logFile, 'w');
  try {
    return spawn(python, [LAUNCH], { env, stdio: ['pipe', log, log], detached: process.platform !== 'win32' });
  } finally {
    closeSync(log);
  }
}

interface Place {
  readonly port: number;
  readonly preferred: number;
  readonly logFile: string;
  readonly temporary: string;
}

async function control(child: ChildProcess, { port, preferred, logFile, temporary }: Place): Promise<Emulator> {
  const exited = new Promise<EmulatorExit>((settle) => {
    child.once('exit', (code, signal) => settle({ code, signal }));
    child.once('error', () => settle({ code: null, signal: null }));
  });
  const { pid } = child;
  if (pid === undefined) throw new EmulatorNotStarted(`Could not run ${child.spawnfile}.`);
  const record = { pid, port, temporary, startedAt: Date.now() };
  await writePidFile(logFile, { ...record, owner: process.pid });
  const killNow = () => {
    process.removeListener('exit', killNow);
    killGroup(pid);
    for (const path of [temporary, pidFileOf(logFile)]) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  };
  process.once('exit', killNow);
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    child.kill('SIGTERM');
    await Promise.race([exited, sleep(STOP_MS, undefined, { ref: false })]);
    killNow(); // a function at work outlives the emulator until its handler ends
    await Promise.all([exited, endGroup(pid)]);
  };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    ...(port === preferred ? {} : { takenPort: preferred }),
    pid,
    logFile,
    exited,
    killNow,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
    letGo: async () => {
      child.stdin?.end('keep\n'); // launch.py ends with its standard input, unless it is told this
      process.removeListener('exit', killNow);
      await writePidFile(logFile, { ...record, owner: 0 });
      child.unref();
    },
  };
}

async function ready(emulator: Emulator, signal: AbortSignal | undefined): Promise<void> {
  let ended: EmulatorExit | undefined;
  void emulator.exited.then((exit) => {
    ended = exit;
  });
  const until = Date.now() + READY_MS;
  while (Date.now() < until && !ended) {
    signal?.throwIfAborted();
    // What answers may be another emulator that was quicker to take the port: ours says that it listens.
    const listens = await says(emulator.logFile, /Running on http/);
    if (listens && (await identifyEndpoint(emulator.endpoint)) === 'ministack' && !ended) return;
    await sleep(20);
  }
  const what = ended ? `ended with ${ended.signal ?? ended.code}` : `did not answer within ${READY_MS / 1000} s`;
  const log = (await readFile(emulator.logFile, 'utf8')).trimEnd().split('\n').slice(-SHOWN_LINES);
  throw new EmulatorNotStarted([`The emulator ${what}. The end of ${emulator.logFile}:`, ...log].join('\n'));
}

const says = async (logFile: string, what: RegExp): Promise<boolean> => what.test(await readFile(logFile, 'utf8'));
