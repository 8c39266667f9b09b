import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Program, runInGroup } from '../processes/index.ts';
import { PythonEnvironmentFailed } from './errors.ts';
import { withLock } from './lock.ts';
import { findPython } from './python.ts';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
const SHOWN_LINES = 8;

/** What preparing the Python environment needs to know. */
export interface PythonEnvironmentOptions {
  /** The environment lies in `.breakwater/python` under it. */
  readonly projectRoot: string;
  /** Told in plain words what takes long. Left out, nothing is said. */
  readonly onProgress?: (message: string) => void;
  /** Ends it in the middle; the next call begins anew. */
  readonly signal?: AbortSignal;
}

/**
 * The interpreter of this project's private Python environment, which is installed the first time (about 20 s and
 * 60 MB) and after requirements.txt has changed. Nothing outside `.breakwater` is touched.
 *
 * A marker written last tells a whole environment from one whose installation was interrupted; that one is made anew.
 * Two processes at once: the second waits for the first.
 *
 * @throws PythonNotFound when there is no Python to make it with
 * @throws PythonEnvironmentFailed when venv or pip fails, with the end of their output
 */
export async function preparePythonEnvironment(options: PythonEnvironmentOptions): Promise<string> {
  const folder = join(options.projectRoot, '.breakwater', 'python');
  const interpreter = join(folder, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));
  const whole = async () => (await isWhole(folder)) && (await exists(interpreter));
  if (await whole()) return interpreter;

  const { onProgress: progress = () => undefined, signal } = options;
  await mkdir(join(options.projectRoot, '.breakwater'), { recursive: true });
  const waiting = (owner: number) => progress(`Waiting for process ${owner}, which installs the emulator`);
  await withLock({ file: `${folder}.lock`, onWait: waiting, ...(signal && { signal }) }, async () => {
    if (!(await whole())) await install({ folder, interpreter, progress, signal });
  });
  return interpreter;
}

interface Installation {
  readonly folder: string;
  readonly interpreter: string;
  readonly progress: (message: string) => void;
  readonly signal: AbortSignal | undefined;
}

async function install({ folder, interpreter, progress, signal }: Installation): Promise<void> {
  const python = await findPython();
  signal?.throwIfAborted();
  const interruptible = signal ? { signal } : {};
  await rm(folder, { recursive: true, force: true });
  progress(`Making a private Python ${python.version} environment in ${folder}`);
  const venv = { command: python.command, arguments: [...python.leadingArguments, '-m', 'venv', folder] };
  await succeed({ ...venv, ...interruptible }, { purpose: 'make a virtual environment' });
  progress('Installing MiniStack into it (once)');
  // requirements.txt names everything, so nothing unpinned may come along: --no-deps.
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--no-deps', '-r', REQUIREMENTS];
  await succeed(
    { command: interpreter, arguments: pip, ...interruptible },
    { purpose: 'install the emulator', advice: REACHABLE },
  );
  await writeFile(marker(folder), await fingerprint(folder));
}

const marker = (folder: string) => join(folder, 'breakwater-installed');

async function isWhole(folder: string): Promise<boolean> {
  try {
    return (await readFile(marker(folder), 'utf8')) === (await fingerprint(folder));
  } catch {
    return false;
  }
}

/** Of the requirements and of the Python that the environment was made with, which pyvenv.cfg names. */
async function fingerprint(folder: string): Promise<string> {
  const [requirements, configuration] = await Promise.all([
    readFile(REQUIREMENTS),
    readFile(join(folder, 'pyvenv.cfg'), 'utf8'),
  ]);
  const version = /^version\s*=\s*(\S+)/m.exec(configuration)?.[1] ?? '';
  return createHash('sha256').update(requirements).update(version).digest('hex');
}

/** Follows links: a Python that was since removed leaves a dangling one. */
async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

const REACHABLE = 'It needs the package index the first time; run the same command again when it can be reached.';

interface Words {
  /** As it would stand after "could not". */
  readonly purpose: string;
  /** What to do when it fails. */
  readonly advice?: string;
}

/** Runs a program to its end; its own words are shown only when it fails. */
async function succeed(program: Program, { purpose, advice }: Words): Promise<void> {
  const lines: string[] = [];
  const { succeeded, how } = await runInGroup({ ...program, onLine: (line) => lines.push(line) });
  if (succeeded) return;
  const commandLine = [program.command, ...program.arguments].join(' ');
  const said = lines.slice(-SHOWN_LINES);
  throw new PythonEnvironmentFailed(
    [`Could not ${purpose}: ${commandLine} ${how}`, ...said, ...(advice ? ['', advice] : [])].join('\n'),
  );
}
