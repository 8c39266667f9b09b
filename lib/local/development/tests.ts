import { join } from 'node:path';
import { runInGroup } from '../processes/index.ts';

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
  const lines: string[] = [];
  const { succeeded } = await runInGroup({
    command: process.execPath,
    arguments: [jest, '--selectProjects', 'unit', '--runTestsByPath', ...files],
    directory: root,
    environment: { ...process.env, FORCE_COLOR: '0' },
    onLine: (line) => lines.push(line),
    signal,
  });
  return { files, right: succeeded, output: succeeded ? '' : lines.join('\n').trim() };
}
