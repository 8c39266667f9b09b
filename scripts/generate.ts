/**
 * Writes every generated file, or with --check says which are stale: `npm run generate`. `--only <folder>` looks at one
 * workflow: state-machines/orders/fulfil-order.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { compile } from '../lib/asl/index.ts';
import { discover } from '../lib/stacks/discovery.ts';

const root = join(import.meta.dirname, '..');
const check = process.argv.includes('--check');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
const stale: string[] = [];
const EXPECTED = new Set(['DiscoveryError', 'WorkflowError', 'ContractDefinitionError']);

let written = 0;
for (const { workflow, file } of found().workflows) {
  const folder = dirname(file);
  if (only !== undefined && folder !== join(root, only)) continue;
  const { machine, undoMachine } = compile(workflow.plan);
  await generate(join(folder, 'generated', 'workflow.asl.json'), machine);
  await generate(join(folder, 'generated', 'undo.asl.json'), undoMachine);
}

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

async function generate(path: string, content: object): Promise<void> {
  const text = `${JSON.stringify(content, null, 2)}\n`;
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
