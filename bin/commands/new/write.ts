import { spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  apply,
  formatted,
  type Project,
  readProject,
  type Scaffold,
  ScaffoldError,
} from '../../../lib/scaffold/index.ts';
import { discover } from '../../../lib/stacks/discovery.ts';
import { resultOf, tell } from './tell.ts';

export interface WriteOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Whether somebody is there to be asked. */
export const isInteractive = ({ json }: WriteOptions): boolean =>
  !json && Boolean(process.stdin.isTTY) && Boolean(process.stdout.isTTY);

/** @throws DiscoveryError if the project is not in order as it stands */
export const projectAt = (root: string): Project => readProject(root, discover(root));

/** @throws ScaffoldError if there is no name */
export function withName<T extends { readonly name?: string }>(
  kind: 'atom' | 'workflow',
  given: T,
): T & { readonly name: string } {
  const { name } = given;
  if (name !== undefined) return { ...given, name };
  const example = kind === 'atom' ? 'award-points' : 'book-seat';
  throw new ScaffoldError(`Say what the ${kind} is called: npm run breakwater -- new ${kind} ${example}`);
}

/** Writes everything or nothing, and says what. @throws ScaffoldError */
export async function writeScaffold(project: Project, scaffold: Scaffold, options: WriteOptions): Promise<void> {
  const { root } = project;
  const changes = await formatted(root, scaffold.changes);
  const { workflow } = scaffold;
  let generated: readonly string[] = [];
  if (!options.dryRun) {
    await uninterrupted(async () => {
      const takeBack = await apply(root, changes);
      if (workflow === undefined) return;
      try {
        generated = await generate(root, workflow);
      } catch (error) {
        await takeBack();
        throw error;
      }
    });
  }
  const result = resultOf({ ...scaffold, changes }, generated, options.dryRun ?? false);
  if (options.json) console.log(JSON.stringify(result));
  else console.log(tell(result));
}

/** Ctrl-C in the middle would leave half of it. */
async function uninterrupted(act: () => Promise<void>): Promise<void> {
  const ignore = (): void => undefined;
  process.on('SIGINT', ignore);
  try {
    await act();
  } finally {
    process.off('SIGINT', ignore);
  }
}

/** What `npm run generate` does, for one workflow. In a process of its own: this one knows domain.ts as it was. */
function generate(root: string, folder: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const script = join('scripts', 'generate.ts');
    const child = spawn(process.execPath, [script, '--only', folder], { cwd: root, detached: true });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output.split('\n').flatMap((line) => /^wrote (.+)$/.exec(line)?.[1] ?? []));
      else reject(new ScaffoldError(`Its definitions cannot be generated, so nothing was written.\n${output.trim()}`));
    });
  });
}
