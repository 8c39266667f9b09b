/**
 * Writes every generated file, or with --check says which are stale: `npm run generate`. `--only <folder>` looks at one
 * workflow: state-machines/orders/fulfil-order.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { diagramOf } from '../lib/analysis/index.ts';
import { compile } from '../lib/asl/index.ts';
import { protocolSchemas } from '../lib/contract/index.ts';
import { discover } from '../lib/stacks/discovery.ts';
import type { Plan } from '../lib/workflow/index.ts';

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
  await generate(join(folder, 'generated', 'workflow.asl.json'), asJson(machine));
  await generate(join(folder, 'generated', 'undo.asl.json'), asJson(undoMachine));
  await generate(join(folder, 'generated', 'diagram.md'), diagramPage(workflow.plan));
}
for (const [name, { $schema, ...schema }] of only === undefined ? Object.entries(protocolSchemas) : []) {
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

function diagramPage(plan: Plan): string {
  return `<!-- Written by "npm run generate" from ../workflow.ts. Do not edit. -->

# ${plan.name}

\`\`\`mermaid
${diagramOf(plan)}
\`\`\`

Solid arrows are the way forward. Dotted ones are the way back: a declared failure, by its name, undoes what came before; a step that fails otherwise is settled first and undone too if it happened.
`;
}
