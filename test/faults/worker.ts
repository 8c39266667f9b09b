import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A TCP connection as its caller sees it: from its own port to the proxy's, both on this machine. */
export interface Connection {
  readonly callerPort: number;
  readonly proxyPort: number;
}

/** One line of the process table. */
interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** A Node function's process on MiniStack: `node <its folder>/_worker.mjs`. */
const WORKER = /(^|[\\/])node(\.exe)?["\s].*[\\/]_worker\.[cm]?js/;

/** The calling process could not be found, or is none that may be killed. */
export class NoWorkerToKill extends Error {
  override readonly name = 'NoWorkerToKill';
}

/**
 * Finds the Lambda worker at the other end of a connection. Anything else is refused: it must descend from the
 * emulator and run its worker script.
 * @throws NoWorkerToKill
 */
export async function findWorker(connection: Connection, emulatorPid: number | undefined): Promise<number> {
  if (emulatorPid === undefined) {
    throw new NoWorkerToKill('Start the proxy with `emulatorPid` to kill workers: nothing else may be killed.');
  }
  const table = await processTable();
  const candidates = [...table.values()].filter(
    (each) => WORKER.test(each.command) && descendsFrom(each, emulatorPid, table),
  );
  const owners = process.platform === 'linux' ? ownersFromProc : ownersFromLsof;
  const [pid] = await owners(
    connection,
    candidates.map((each) => each.pid),
  );
  if (pid !== undefined) return pid;
  const { callerPort } = connection;
  throw new NoWorkerToKill(
    `None of the ${candidates.length} Lambda workers of process ${emulatorPid} holds the connection from port ${callerPort}.`,
  );
}

function descendsFrom({ parent }: Process, ancestor: number, table: ReadonlyMap<number, Process>): boolean {
  for (let pid = parent; pid > 1; pid = table.get(pid)?.parent ?? 0) if (pid === ancestor) return true;
  return false;
}

async function processTable(): Promise<ReadonlyMap<number, Process>> {
  const { stdout } = await run('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { maxBuffer: 64 * 1024 * 1024 });
  const table = new Map<number, Process>();
  for (const line of stdout.split('\n')) {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (pid && parent) table.set(Number(pid), { pid: Number(pid), parent: Number(parent), command });
  }
  return table;
}

/** By the socket's inode: the kernel lists it with the connection, and every process lists its own. */
async function ownersFromProc({ callerPort, proxyPort }: Connection, pids: readonly number[]): Promise<number[]> {
  const port = (decimal: number) => decimal.toString(16).toUpperCase().padStart(4, '0');
  const line = new RegExp(`:${port(callerPort)} [0-9A-F]+:${port(proxyPort)} 01 (?:\\S+ +){5}(\\d+)`);
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const inode = tables.map((each) => line.exec(each)?.[1]).find(Boolean);
  if (!inode) return [];
  const held = await Promise.all(pids.map((pid) => holdsSocket(pid, inode)));
  return pids.filter((_, index) => held[index]);
}

async function holdsSocket(pid: number, inode: string): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const open = await readdir(folder).catch(() => []);
  const links = await Promise.all(open.map((each) => readlink(`${folder}/${each}`).catch(() => '')));
  return links.includes(`socket:[${inode}]`);
}

/** macOS and other Unixes. */
async function ownersFromLsof({ callerPort, proxyPort }: Connection, pids: readonly number[]): Promise<number[]> {
  const { stdout } = await run('lsof', ['-nP', `-iTCP:${callerPort}`, '-sTCP:ESTABLISHED', '-Fpn']).catch(() => ({
    stdout: '',
  }));
  const found: number[] = [];
  let pid = 0;
  for (const field of stdout.split('\n')) {
    if (field.startsWith('p')) pid = Number(field.slice(1));
    if (field.startsWith('n') && field.includes(`:${callerPort}->`) && field.endsWith(`:${proxyPort}`)) found.push(pid);
  }
  return found.filter((each) => pids.includes(each));
}
