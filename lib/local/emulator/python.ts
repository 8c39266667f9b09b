import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { PythonNotFound } from './errors.ts';

/** A Python that can make virtual environments. */
export interface Python {
  readonly command: string;
  /** What stands before any other argument: the Windows launcher takes `-3`. */
  readonly leadingArguments: readonly string[];
  /** For example `3.12.4`. */
  readonly version: string;
}

/** MiniStack and half of what it needs ask for 3.10 (`Requires-Python` of their packages). */
const OLDEST_MINOR = 10;

// Where `python3` is too old (macOS ships 3.9), a newer one is often there under its full name.
const CANDIDATES = ['python3', 'python', 'py -3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'];

// Debian splits `ensurepip` off: `venv` imports there and then fails to make an environment.
const PROBE = `
import sys
print("%d.%d.%d" % sys.version_info[:3])
import venv, ensurepip
print("venv")
`;

const run = promisify(execFile);

/**
 * Finds a Python for the emulator: the one that BREAKWATER_PYTHON names, else the first on PATH that will do.
 *
 * @throws PythonNotFound saying what was looked for, why each was refused, and what installs one
 */
export async function findPython(environment: NodeJS.ProcessEnv = process.env): Promise<Python> {
  const chosen = environment.BREAKWATER_PYTHON;
  const refused: string[] = [];
  for (const candidate of chosen ? [chosen] : CANDIDATES) {
    const found = await probe(candidate, chosen !== undefined, environment);
    if (typeof found !== 'string') return found;
    refused.push(`  ${candidate}: ${found}`);
  }
  throw new PythonNotFound(
    [
      `The local emulator needs Python 3.${OLDEST_MINOR} or newer with venv. Looked for${chosen ? ' (BREAKWATER_PYTHON)' : ''}:`,
      ...refused,
      `Install it (${installCommand()}), or name one in BREAKWATER_PYTHON.`,
    ].join('\n'),
  );
}

/** The Python, or why it won't do. */
async function probe(candidate: string, isPath: boolean, environment: NodeJS.ProcessEnv): Promise<Python | string> {
  const [command = candidate, ...leadingArguments] = isPath ? [candidate] : candidate.split(' ');
  let output: string;
  try {
    output = (await run(command, [...leadingArguments, '-c', PROBE], { env: environment, timeout: 10_000 })).stdout;
  } catch (error) {
    output = (error as { stdout?: string }).stdout ?? '';
    if (!output) return (error as { code?: unknown }).code === 'ENOENT' ? 'not found' : 'does not run';
  }
  const [version = '', venv] = output.trim().split(/\s+/);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major !== 3 || minor < OLDEST_MINOR) return `is ${version}`;
  if (venv !== 'venv') return `is ${version}, but without venv`;
  return { command, leadingArguments, version };
}

function installCommand(): string {
  if (process.platform === 'darwin') return 'brew install python';
  if (process.platform === 'win32') return 'winget install Python.Python.3.13';
  return 'apt install python3 python3-venv, or the like of your distribution';
}
