import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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

  const progress = options.onProgress ?? (() => undefined);
  await mkdir(join(options.projectRoot, '.breakwater'), { recursive: true });
  const waiting = (owner: number) => progress(`Waiting for process ${owner}, which installs the emulator`);
  await withLock(`${folder}.lock`, waiting, async () => {
    if (!(await whole())) await install(folder, interpreter, progress);
  });
  return interpreter;
}

async function install(folder: string, interpreter: string, progress: (message: string) => void): Promise<void> {
  const python = await findPython();
  await rm(folder, { recursive: true, force: true });
  progress(`Making a private Python ${python.version} environment in ${folder}`);
  await succeed(python.command, [...python.leadingArguments, '-m', 'venv', folder], 'make a virtual environment');
  progress('Installing MiniStack into it (once)');
  // requirements.txt names everything, so nothing unpinned may come along: --no-deps.
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--no-deps', '-r', REQUIREMENTS];
  await succeed(interpreter, pip, 'install the emulator (is the package index reachable from here?)');
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

/** Runs a command to its end; its own words are shown only when it fails. */
async function succeed(command: string, args: readonly string[], purpose: string): Promise<void> {
  const lines: string[] = [];
  const failure = await new Promise<string | undefined>((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => lines.push(text));
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? code}`));
  });
  if (failure === undefined) return;
  const shown = lines.join('').trimEnd().split('\n').slice(-SHOWN_LINES);
  throw new PythonEnvironmentFailed(
    [`Could not ${purpose}: ${[command, ...args].join(' ')} ${failure}`, ...shown].join('\n'),
  );
}
