import { execFileSync, spawnSync } from 'node:child_process';

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

/** One line of the process table. */
interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly commandLine: string;
}

/** The process table's line for a pid; undefined when there is none, or on Windows, where it can't be asked cheaply. */
export function findProcess(pid: number): ProcessEntry | undefined {
  if (process.platform === 'win32') return undefined;
  const table = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const line of table.split('\n')) {
    const [, found, parent, commandLine] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (Number(found) === pid) return { pid, parent: Number(parent), commandLine: commandLine ?? '' };
  }
  return undefined;
}
