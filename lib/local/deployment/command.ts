import { appendFile } from 'node:fs/promises';
import { runInGroup } from '../processes/index.ts';
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
  /** Ends it, and all that it started. */
  readonly signal?: AbortSignal;
}

const SHOWN_LINES = 20;

/**
 * Runs a script of Node's to its end; what it says goes to the log.
 * @throws DeploymentFailed with its last lines
 */
export async function run({ phase, logFile, onLine, ...program }: Command): Promise<void> {
  const lines: string[] = [];
  const hear = (line: string): void => {
    lines.push(line);
    onLine?.(line);
  };
  const ended = await runInGroup({ ...program, command: process.execPath, onLine: hear }).finally(() =>
    appendFile(logFile, `${[`# ${phase}`, ...lines].join('\n')}\n`),
  );
  if (ended.succeeded) return;
  throw new DeploymentFailed(phase, logFile, lastWords(lines.length > 0 ? lines : [ended.how]));
}

const lastWords = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => line.trim() !== '' && !NOISE.test(line)).slice(-SHOWN_LINES);

/** Progress of what went well says nothing about what did not. */
const NOISE = /\b(CREATE|UPDATE)_(IN_PROGRESS|COMPLETE)\b|\[WARNING\]/;
