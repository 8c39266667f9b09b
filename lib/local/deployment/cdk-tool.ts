import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** CDK's own tool, the one that this project has installed. */
const cdk = (): string => join(dirname(require.resolve('aws-cdk/package.json')), 'bin', 'cdk');

const QUIET = ['--no-notices', '--no-color', '--ci'];

export const bootstrapCommand = (environment: string): readonly string[] => [cdk(), 'bootstrap', environment, ...QUIET];

/** Deploys an assembly that was synthesised before, every stack as soon as those are done that it depends on. */
export const deployCommand = (assembly: string, concurrency: number): readonly string[] => [
  cdk(),
  'deploy',
  '--all',
  ...['--app', assembly],
  ...['--require-approval', 'never'],
  // A change set is for people to look at; an emulator's would only take time.
  ...['--method', 'direct'],
  ...['--progress', 'events'],
  ...['--concurrency', String(concurrency)],
  ...['--asset-parallelism', '--asset-build-concurrency', String(concurrency)],
  ...QUIET,
];

/** What the tool does to run an app: its command, and the context in the environment. */
export interface AppCommand {
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The app as cdk.json says, run without the tool: synthesised once and deployed from the assembly, it saves the tool's
 * own start.
 * @throws TypeError if cdk.json's app is not a script for Node
 */
export async function appCommand(root: string, context: Readonly<Record<string, unknown>>): Promise<AppCommand> {
  const configuration = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8'));
  const [program, ...script] = String(configuration.app).split(' ');
  if (program !== 'node' || script.length === 0) {
    throw new TypeError(
      `cdk.json's app is "${configuration.app}"; expected a script for Node, such as "node bin/app.ts".`,
    );
  }
  return {
    arguments: script,
    environment: { CDK_CONTEXT_JSON: JSON.stringify({ ...configuration.context, ...context }) },
  };
}
