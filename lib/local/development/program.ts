import { spawn } from 'node:child_process';

/** How a program ended, and what it said. */
export interface Ran {
  readonly code: number | null;
  readonly output: string;
}

export interface Program {
  /** A script for Node and its arguments. */
  readonly arguments: readonly string[];
  readonly directory: string;
  /** Kills it at once. */
  readonly signal: AbortSignal;
}

/**
 * Runs a script of Node's to its end, and keeps what it says.
 * @throws the signal's reason
 */
export async function runProgram({ arguments: args, directory, signal }: Program): Promise<Ran> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, args, {
    cwd: directory,
    env: { ...process.env, FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    killSignal: 'SIGKILL',
    signal,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', ({ message }) => {
      output += message;
    });
    child.once('close', resolve);
  });
  signal.throwIfAborted();
  return { code, output };
}
