import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** One line of the process table. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly commandLine: string;
}

/** What /proc/<pid>/stat says first. */
interface Stat {
  /** A zombie, of which nothing is left but its exit code. */
  readonly isOver: boolean;
  readonly parent: number;
  readonly group: number;
}

/**
 * The process table's line for a pid; undefined when there is none, or on Windows, where it can't be asked cheaply.
 * On Linux it is read from /proc: small images have no `ps`.
 */
export function findProcess(pid: number): ProcessEntry | undefined {
  if (process.platform === 'win32') return undefined;
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/** Whether a process of that pid lives, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether any process of a group lives still. One that was killed does until the system has come round to it.
 * Always false on Windows, which has no groups.
 */
export function isGroupAlive(leader: number): boolean {
  if (process.platform === 'win32') return false;
  const members = process.platform === 'linux' ? procStats() : psStats();
  return members.some(({ group, isOver }) => group === leader && !isOver);
}

const procStats = (): readonly Stat[] =>
  readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (readStat(Number(name)) ?? []) : []));

function psStats(): readonly Stat[] {
  return ps('ppid=,pgid=,stat=').map((line) => {
    const [parent = '', group = '', state = ''] = line.trim().split(/\s+/);
    return { parent: Number(parent), group: Number(group), isOver: state.startsWith('Z') };
  });
}

/** The place of `num_threads`, counted from the state (man 5 proc). */
const THREADS = 17;

function readStat(pid: number): Stat | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything; the rest comes after the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent, group] = fields;
    // Killed with many threads it is a zombie while others of them still hold its files and ports.
    const isOver = state === 'Z' && Number(fields[THREADS]) <= 1;
    return { isOver, parent: Number(parent), group: Number(group) };
  } catch {
    return undefined; // it has ended
  }
}

function fromProc(pid: number): ProcessEntry | undefined {
  const stat = readStat(pid);
  if (!stat || stat.isOver) return undefined;
  try {
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trimEnd();
    return { pid, parent: stat.parent, commandLine };
  } catch {
    return undefined;
  }
}

function fromPs(pid: number): ProcessEntry | undefined {
  for (const line of ps('pid=,ppid=,args=')) {
    const [, found, parent, commandLine] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (Number(found) === pid) return { pid, parent: Number(parent), commandLine: commandLine ?? '' };
  }
  return undefined;
}

const ps = (columns: string): readonly string[] =>
  execFileSync('ps', ['-A', '-ww', '-o', columns], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).split('\n');
