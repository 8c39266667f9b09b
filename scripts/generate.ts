/**
 * Writes every generated file, or with --check says which are stale: `npm run generate`. `--only <folder>` looks at one
 * workflow: state-machines/orders/fulfil-order.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { protocolSchemas } from '../lib/contract/index.ts';
import { discover } from '../lib/stacks/discovery.ts';
import { generatedFiles } from '../lib/stacks/generated.ts';

const root = join(import.meta.dirname, '..');
const check = process.argv.includes('--check');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
const stale: string[] = [];
const EXPECTED = new Set(['DiscoveryError', 'WorkflowError', 'ContractDefinitionError']);

let written = 0;
for (const { path, text } of generatedFiles(found())) {
  if (only === undefined || path.startsWith(join(root, only))) await generate(path, text);
}
for (const [name, { $schema, ...schema }] of Object.entries(protocolSchemas)) {
  const $comment = 'Written by "npm run generate" from lib/contract/protocol-schemas.ts. Do not edit.';
  await generate(join(root, 'docs', 'generated', `${name}.schema.json`), asJson({ $schema, $comment, ...schema }));
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

function asJson(content: object): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
