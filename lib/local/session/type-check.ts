import { join } from 'node:path';
import { runInGroup } from '../processes/index.ts';

/** The project's types are wrong. The message holds the first of the compiler's lines. */
export class TypesWrong extends Error {
  override readonly name = 'TypesWrong';
}

const SHOWN_LINES = 10;

/**
 * Checks the types of a project. Meant to run beside a deployment: a wrong field in a workflow is cheaper to read about
 * here than from a failed order.
 * @throws TypesWrong
 */
export async function checkTypes(root: string, signal: AbortSignal): Promise<void> {
  const lines: string[] = [];
  const { succeeded, how } = await runInGroup({
    command: process.execPath,
    arguments: [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '--noEmit', '--pretty', 'false'],
    directory: root,
    onLine: (line) => lines.push(line),
    signal,
  });
  if (succeeded) return;
  throw new TypesWrong(
    ['The project does not type-check:', ...(lines.length > 0 ? lines.slice(0, SHOWN_LINES) : [how])].join('\n'),
  );
}
