import { join } from 'node:path';
import { runProgram } from './program.ts';

/** How saved tests went. */
export interface Tested {
  readonly files: readonly string[];
  readonly right: boolean;
  /** What the runner said, where something was wrong. */
  readonly output: string;
}

/** Runs test files with the project's runner. */
export async function runTests(root: string, files: readonly string[], signal: AbortSignal): Promise<Tested> {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const { code, output } = await runProgram({
    arguments: [jest, '--selectProjects', 'unit', '--runTestsByPath', ...files],
    directory: root,
    signal,
  });
  return { files, right: code === 0, output: code === 0 ? '' : output.trim() };
}
