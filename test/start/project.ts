import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const ORIGIN = join(import.meta.dirname, '..', '..');

/** What a clone does not have. */
const NOT_CLONED = new Set(['node_modules', '.git', '.breakwater', 'build', 'cdk.out', 'coverage']);

export interface ProjectOptions {
  /** Whether packages are there. Left out, they are. */
  readonly packages?: boolean;
  /** Whether the emulator's Python environment is there. Left out, it is. */
  readonly python?: boolean;
}

/** A command of the project that runs, or has run. */
export interface Running {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** Its exit code once it has ended. */
  readonly exited: Promise<number | null>;
}

/**
 * A copy of this project, as somebody has it who cloned it, so that suites run side by side. Packages and the Python
 * environment are linked, not copied, where they are to be there.
 */
export class Project {
  readonly root: string;
  readonly #running: Running[] = [];
  /** Folders of emulators that have run here: the functions that they run name them. */
  readonly #temporary = new Set<string>();

  constructor({ packages = true, python = true }: ProjectOptions = {}) {
    this.root = realpathSync(mkdtempSync(join(tmpdir(), 'breakwater-clone-')));
    cpSync(ORIGIN, this.root, {
      recursive: true,
      filter: (source) => !NOT_CLONED.has(source.slice(ORIGIN.length + 1).split(/[\\/]/)[0] ?? ''),
    });
    if (packages) symlinkSync(join(ORIGIN, 'node_modules'), join(this.root, 'node_modules'), 'dir');
    if (python) {
      mkdirSync(join(this.root, '.breakwater'));
      symlinkSync(join(ORIGIN, '.breakwater', 'python'), join(this.root, '.breakwater', 'python'), 'dir');
    }
    // The type check of a project that was checked before takes a third of the time.
    const checked = join(ORIGIN, 'build', 'tsbuildinfo');
    if (existsSync(checked)) cpSync(checked, join(this.root, 'build', 'tsbuildinfo'));
  }

  /** Runs `npm run breakwater -- <arguments>`, or `npm start`, without npm around it. */
  run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
    return this.spawn(process.execPath, ['scripts/prepare.mjs', 'bin/breakwater.ts', ...args], environment);
  }

  spawn(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Running {
    const child = spawn(command, args, {
      cwd: this.root,
      env: { ...withoutJest(process.env), ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
    const running = { child, output: () => output, exited };
    this.#running.push(running);
    return running;
  }

  /** Runs a command to its end. */
  async ran(args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
    const { exited, output } = this.run(args);
    const code = await exited;
    return { code, output: output() };
  }

  /** Takes note of the emulator that runs now, so that `processes` knows its functions once it has ended. */
  note(): void {
    const { temporary } = JSON.parse(readFileSync(join(this.root, '.breakwater', 'emulator.pid'), 'utf8'));
    this.#temporary.add(temporary);
  }

  /**
   * Every process that runs something of this copy, functions of noted emulators included.
   * @param further folders whose processes count too
   */
  processes(...further: readonly string[]): readonly string[] {
    const ours = [this.root, ...this.#temporary, ...further];
    const table = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,stat=,args='], { encoding: 'utf8' });
    return table
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => ours.some((folder) => line.includes(folder)) && !/^\d+\s+Z/.test(line));
  }

  /** The pids of its emulators. */
  emulators(): readonly number[] {
    return this.processes()
      .filter((line) => line.includes('launch.py'))
      .map((line) => Number.parseInt(line, 10));
  }

  /** Ends what tests have left, and removes the copy. */
  async remove(): Promise<void> {
    for (const { child, exited } of this.#running) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await exited;
    }
    // An emulator ends with the process that started it; one that was kept does not.
    for (const pid of this.emulators()) process.kill(pid, 'SIGKILL');
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** What jest, and what runs jest, set for their children is not what a user has. */
const OURS = new Set([
  'NODE_ENV',
  'JEST_WORKER_ID',
  'NODE_OPTIONS',
  'FORCE_COLOR',
  'NO_COLOR',
  'CI',
  'npm_config_loglevel',
]);

const withoutJest = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !OURS.has(name)));

/** Waits until a command has said something. @throws with all that it said, if it ends before or takes too long */
export async function untilSaid({ output, exited }: Running, what: RegExp, seconds = 150): Promise<RegExpExecArray> {
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

/** Waits until something holds. */
export async function eventually(holds: () => boolean | Promise<boolean>, what: string, seconds = 20): Promise<void> {
  for (const until = Date.now() + seconds * 1_000; !(await holds()); await sleep(50)) {
    if (Date.now() > until) throw new Error(`It never came to be so: ${what}`);
  }
}

/** Occupies a port, or any when it is 0. */
export async function listen(port: number, onConnection: () => void = () => undefined): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      onConnection();
      socket.destroy();
    });
    // Somebody else has it: it is as taken as it has to be.
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

export async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  server?.close();
  return server !== undefined;
}
