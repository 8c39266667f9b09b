import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts CPU in hundredths of a second, on every machine of today. */
const TICKS_A_SECOND = 100;

/** CPU of a process and of all that it started, in seconds. */
export interface Cpu {
  readonly own: number;
  /** Of its descendants, those that have ended included. */
  readonly others: number;
}

/** @throws Error on a system without /proc */
export function cpuOf(pid: number): Cpu {
  const table = new Map(processes().map((each) => [each.pid, each]));
  const root = table.get(pid);
  if (!root) throw new Error(`There is no process ${pid} in /proc; CPU is measured on Linux only.`);
  const descends = ({ parent }: Process): boolean => {
    if (parent === pid) return true;
    const above = table.get(parent);
    return above !== undefined && descends(above);
  };
  const descendants = [...table.values()].filter((each) => each.pid !== pid && descends(each));
  const others = descendants.reduce((sum, { ticks, endedTicks }) => sum + ticks + endedTicks, root.endedTicks);
  return { own: root.ticks / TICKS_A_SECOND, others: others / TICKS_A_SECOND };
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
  /** Of its children that have ended. */
  readonly endedTicks: number;
}

const processes = (): readonly Process[] =>
  readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (read(Number(name)) ?? []) : []));

function read(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything; the rest comes after the last one (man 5 proc).
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const at = (place: number): number => fields[place] ?? 0;
    return { pid, parent: at(1), ticks: at(11) + at(12), endedTicks: at(13) + at(14) };
  } catch {
    return undefined; // it has ended
  }
}
