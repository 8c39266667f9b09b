import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findPython } from '../../lib/local/emulator/index.ts';
import { ROOT } from './house.ts';

const run = promisify(execFile);
const REQUIREMENTS = join(__dirname, 'cfn-lint-requirements.txt');

/** One finding of cfn-lint. */
export interface Finding {
  /** Such as `E3002`. */
  readonly rule: string;
  readonly message: string;
  readonly path: string;
}

/** Runs cfn-lint over templates, from an environment of its own under `.breakwater` that the first run makes (20 s). */
export async function cfnLint(templates: readonly string[]): Promise<readonly Finding[]> {
  const python = await interpreter();
  // It ends with the kinds of findings as its exit code, so that only its output counts.
  const args = [
    '-c',
    'from cfnlint.runner import main; main()',
    '--format',
    'json',
    '--regions',
    'us-east-1',
    '--',
    ...templates,
  ];
  const { stdout } = await run(python, args, { maxBuffer: 64 * 1024 * 1024 }).catch((error) => {
    if (error.stdout) return error as { stdout: string };
    throw error;
  });
  return JSON.parse(stdout || '[]').map((each: RawFinding) => ({
    rule: each.Rule.Id,
    message: each.Message,
    path: (each.Location.Path ?? []).join('/'),
  }));
}

interface RawFinding {
  readonly Rule: { readonly Id: string };
  readonly Message: string;
  readonly Location: { readonly Path?: readonly (string | number)[] };
}

async function interpreter(): Promise<string> {
  const folder = join(ROOT, '.breakwater', 'lint');
  const python = join(folder, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));
  const wanted = readFileSync(REQUIREMENTS, 'utf8');
  const marker = join(folder, 'installed');
  if ((await readFile(marker, 'utf8').catch(() => undefined)) === wanted) return python;
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(ROOT, '.breakwater'), { recursive: true });
  const base = await findPython();
  await run(base.command, [...base.leadingArguments, '-m', 'venv', folder]);
  const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', '--no-deps', '-r', REQUIREMENTS];
  await run(python, pip);
  await writeFile(marker, wanted); // last, so that an interrupted installation is made anew
  return python;
}
