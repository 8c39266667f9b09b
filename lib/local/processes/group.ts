import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { isGroupAlive } from './table.ts';

/** A program to be run to its end. */
export interface Program {
  readonly command: string;
  readonly arguments: readonly string[];
  /** Left out, the working directory. */
  readonly directory?: string;
  /** Left out, this process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Given each line that it says, on either stream, as it comes. Left out, nobody hears it. */
  readonly onLine?: (line: string) => void;
  /** Ends it and all that it started. */
  readonly signal?: AbortSignal;
}

/** How a program ended. */
export interface ProgramEnd {
  readonly succeeded: boolean;
  /** For people: `ended with 1`, `ended with SIGKILL`, or why it could not be run. */
  readonly how: string;
}

/** How long a program that is asked to end may take before it is killed. */
const PATIENCE_MS = 700;

/**
 * Runs a program in a group of its own, so that it can be ended with all that it started: when the signal says so, or
 * when this process ends. A terminal's Ctrl+C does not reach it.
 *
 * @throws the signal's reason once the program and all that it started have ended
 */
export async function runInGroup(program: Program): Promise<ProgramEnd> {
  const { signal } = program;
  signal?.throwIfAborted();
  const child = spawn(program.command, program.arguments, {
    cwd: program.directory,
    env: { ...(program.environment ?? process.env) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  const kill = (): void => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  let impatience: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    if (child.pid !== undefined) interruptGroup(child.pid);
    impatience = setTimeout(kill, PATIENCE_MS);
  };
  process.once('exit', kill);
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    const end = await endOf(child, program.onLine);
    // What it started may not have listened.
    if (signal?.aborted && child.pid !== undefined) await endGroup(child.pid);
    signal?.throwIfAborted();
    return end;
  } finally {
    clearTimeout(impatience);
    signal?.removeEventListener('abort', interrupt);
    process.removeListener('exit', kill);
  }
}

function endOf(child: ChildProcess, onLine: Program['onLine'] = () => undefined): Promise<ProgramEnd> {
  for (const input of [child.stdout, child.stderr]) if (input) createInterface({ input }).on('line', onLine);
  return new Promise((resolve) => {
    child.once('error', ({ message }) => resolve({ succeeded: false, how: message }));
    child.once('close', (code, signal) => resolve({ succeeded: code === 0, how: `ended with ${signal ?? code}` }));
  });
}

/** As Ctrl+C in a terminal would: programs clear up after themselves. */
function interruptGroup(leader: number): void {
  if (process.platform === 'win32') {
    killGroup(leader);
    return;
  }
  try {
    process.kill(-leader, 'SIGINT');
  } catch {
    // Nothing is left of it.
  }
}

/**
 * Kills a process that was started as the leader of its own group, and all that it started. Synchronous, so that it can
 * run in an `exit` handler. On Windows, which has no groups, only what still descends from a living process is found.
 */
export function killGroup(leader: number): void {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(leader), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nothing is left of it.
  }
}

/** How long what was killed may take to be gone. */
const GONE_MS = 1_500;

/** Kills a group, and waits until nothing of it is left: no process, and so no port that one of them held. */
export async function endGroup(leader: number): Promise<void> {
  killGroup(leader);
  for (const until = Date.now() + GONE_MS; isGroupAlive(leader) && Date.now() < until; ) await sleep(20);
}
