/** Writes every generated file, or with --check says which are stale: `npm run generate`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { discover } from '../lib/stacks/discovery.ts';
import { generatedFiles } from '../lib/stacks/generated.ts';

const root = join(import.meta.dirname, '..');
const check = process.argv.includes('--check');
const stale: string[] = [];
const EXPECTED = new Set(['DiscoveryError', 'WorkflowError', 'ContractDefinitionError']);

let written = 0;
for (const { path, text } of generatedFiles(found())) await generate(path, text);

if (stale.length > 0) {
  console.error(`Stale: ${stale.join(', ')}. Run "npm run generate" and commit.`);
  process.exit(1);
}

if (!check && written === 0) console.log('Everything generated is up to date.');

/** What stands in the folders; a mistake there is told without a stack. */
function found(): ReturnType<typeof discover> {
  try {
    return discover(root);
  } catch (error) {
    if (!(error instanceof Error) || !EXPECTED.has(error.name)) throw error;
    console.error(`${error.name}: ${error.message}\n${callerOf(error)}`);
    process.exit(1);
  }
}

/** The line of the workflow or contract, for it is there that a mistake was made. */
function callerOf({ stack = '' }: Error): string {
  return stack.split('\n').find((line) => /\/(state-machines|lambdas)\//.test(line)) ?? '';
}

async function generate(path: string, text: string): Promise<void> {
  const name = relative(root, path);
  const old = await readFile(path, 'utf8').catch(() => undefined);
  if (old === text) return;
  if (check) {
    stale.push(name);
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  written += 1;
  console.log(`wrote ${name}`);
}
