import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmulatorNotStarted } from './errors.ts';
import { findProcess, killGroup } from './processes.ts';

/** What the next start must know of an emulator to clear up after it. */
interface EmulatorRecord {
  readonly pid: number;
  /** The process that started it, and that it ends with. */
  readonly owner: number;
  readonly port: number;
  /** Where it keeps the code of its functions. */
  readonly temporary: string;
}

/** Beside the log, so that emulators that run side by side, each with its own log, don't meet. */
export function pidFileOf(logFile: string): string {
  return `${logFile.replace(/\.log$/, '')}.pid`;
}

export async function writePidFile(logFile: string, record: EmulatorRecord): Promise<void> {
  await writeFile(pidFileOf(logFile), `${JSON.stringify(record)}\n`);
}

/**
 * Clears up after an emulator whose owner ended without stopping it: its processes, its folder and its pid file.
 *
 * A pid may have gone to somebody else since: only a process whose command line starts this project's emulator is ended.
 *
 * @param script the launch script that the command line of an emulator of ours names
 * @throws EmulatorNotStarted when its owner still lives, for then it is in use
 */
export async function endLeftover(logFile: string, script: string): Promise<void> {
  const record = await readPidFile(logFile);
  if (!record) return;
  const running = findProcess(record.pid);
  if (running?.commandLine.includes(script)) {
    if (running.parent === record.owner) {
      throw new EmulatorNotStarted(
        `Process ${record.owner} already runs an emulator with the log ${logFile}, on port ${record.port}. ` +
          'Stop it, or give this one another log file.',
      );
    }
    killGroup(record.pid);
    while (findProcess(record.pid)?.commandLine.includes(script)) await sleep(20);
  }
  await rm(record.temporary, { recursive: true, force: true });
  await rm(pidFileOf(logFile), { force: true });
}

async function readPidFile(logFile: string): Promise<EmulatorRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(pidFileOf(logFile), 'utf8')) as EmulatorRecord | null;
    // Something else may have written there; what it names is not ours to clear.
    return typeof record?.pid === 'number' && typeof record.temporary === 'string' ? record : undefined;
  } catch {
    return undefined;
  }
}
