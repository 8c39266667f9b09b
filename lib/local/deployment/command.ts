import { spawn } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { DeploymentFailed } from './errors.ts';

export interface Command {
  /** What it does, as it would stand after "could not". */
  readonly phase: string;
  /** A script and its arguments, run by the Node that runs this. */
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logFile: string;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal;
}

const SHOWN_LINES = 20;

/**
 * Runs a script of Node's to its end; what it says goes to the log.
 * @throws DeploymentFailed with its last lines
 */
export async function run(command: Command): Promise<void> {
  const child = spawn(process.execPath, command.arguments, {
    cwd: command.directory,
    env: { ...command.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(command.signal ? { signal: command.signal } : {}),
  });
  const lines: string[] = [];
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      lines.push(line);
      command.onLine?.(line);
    });
  }
  const failed = await new Promise<boolean>((resolve) => {
    child.once('error', ({ message }) => {
      lines.push(message);
      resolve(true);
    });
    child.once('close', (code) => resolve(code !== 0));
  });
  await appendFile(command.logFile, `${[`# ${command.phase}`, ...lines].join('\n')}\n`);
  command.signal?.throwIfAborted();
  if (failed) throw new DeploymentFailed(command.phase, command.logFile, lastWords(lines));
}

const lastWords = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => line.trim() !== '' && !NOISE.test(line)).slice(-SHOWN_LINES);

/** Progress of what went well says nothing about what did not. */
const NOISE = /\b(CREATE|UPDATE)_(IN_PROGRESS|COMPLETE)\b|\[WARNING\]/;
