import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endGroup, findProcess, isGroupAlive } from '../processes/index.ts';
import { EmulatorNotEnded, EmulatorNotStarted } from './errors.ts';

/** What starts an emulator. A process whose command line names it is one of ours. */
export const LAUNCH = join(import.meta.dirname, 'launch.py');

/** What the next start, and other commands, must know of an emulator. */
interface EmulatorRecord {
  readonly pid: number;
  /** The process that started it, and that it ends with. 0 once it was let go. */
  readonly owner: number;
  readonly port: number;
  /** Where it keeps the code of its functions. */
  readonly temporary: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}

/** An emulator that another process started. */
export interface RunningEmulator {
  readonly pid: number;
  readonly port: number;
  /** For example `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  /** The process that it ends with; undefined when it was kept beyond that. */
  readonly owner: number | undefined;
  readonly startedAt: Date;
}

/** Beside the log, so that emulators that run side by side, each with its own log, don't meet. */
export function pidFileOf(logFile: string): string {
  return `${logFile.replace(/\.log$/, '')}.pid`;
}

/** Whole at once: whoever reads meanwhile must not take half a record for none. */
export async function writePidFile(logFile: string, record: EmulatorRecord): Promise<void> {
  const file = pidFileOf(logFile);
  const beside = `${file}.${process.pid}`;
  await writeFile(beside, `${JSON.stringify(record)}\n`);
  await rename(beside, file);
}

/** The emulator with this log, if one runs. A pid may have gone to somebody else: only a process of ours counts. */
export async function findRunningEmulator(logFile: string): Promise<RunningEmulator | undefined> {
  const record = await readPidFile(logFile);
  const running = record && findOurs(record.pid);
  if (!running) return undefined;
  const { pid, port, owner, startedAt } = record;
  return {
    pid,
    port,
    endpoint: `http://127.0.0.1:${port}`,
    owner: running.parent === owner ? owner : undefined,
    startedAt: new Date(startedAt),
  };
}

/**
 * Clears up after an emulator whose owner let it go or ended without stopping it: its processes, its folder and its pid
 * file.
 *
 * @returns the pid of one that ran still
 * @throws EmulatorNotStarted when its owner lives, for then it is in use
 */
export async function endLeftover(logFile: string): Promise<number | undefined> {
  const record = await readPidFile(logFile);
  if (!record) return undefined;
  const running = await findRunningEmulator(logFile);
  if (running?.owner !== undefined) {
    throw new EmulatorNotStarted(
      `Process ${running.owner} already runs an emulator with the log ${logFile}, on port ${running.port}. ` +
        'Use that one (npm run breakwater -- order), or end it first (npm run breakwater -- down).',
    );
  }
  if (running) {
    await endGroup(running.pid);
  }
  await rm(record.temporary, { recursive: true, force: true });
  await rm(pidFileOf(logFile), { force: true });
  return running?.pid;
}

/** How long an owner may take to end itself and its emulator. */
const OWNER_MS = 10_000;

/**
 * Ends the emulator with this log: one that was kept itself, else by asking its owner to end.
 * @returns what was ended, if anything ran
 * @throws EmulatorNotEnded when its owner does not listen
 */
export async function endRunningEmulator(logFile: string): Promise<RunningEmulator | undefined> {
  const running = await findRunningEmulator(logFile);
  if (running?.owner !== undefined) {
    process.kill(running.owner, 'SIGTERM');
    for (const until = Date.now() + OWNER_MS; isGroupAlive(running.pid); await sleep(50)) {
      if (Date.now() > until) {
        throw new EmulatorNotEnded(
          `Process ${running.owner} was asked to end its emulator (process ${running.pid}), and it still runs after ${OWNER_MS / 1_000} s. End that process.`,
        );
      }
    }
  }
  await endLeftover(logFile);
  return running;
}

const findOurs = (pid: number): { readonly parent: number } | undefined => {
  const found = findProcess(pid);
  return found?.commandLine.includes(LAUNCH) ? found : undefined;
};

async function readPidFile(logFile: string): Promise<EmulatorRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(pidFileOf(logFile), 'utf8')) as EmulatorRecord | null;
    // Something else may have written there; what it names is not ours to clear.
    return typeof record?.pid === 'number' && typeof record.temporary === 'string' ? record : undefined;
  } catch {
    return undefined;
  }
}
