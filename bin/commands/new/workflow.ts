import { Command } from 'commander';
import { planWorkflow, type WorkflowRequest } from '../../../lib/scaffold/index.ts';
import { askWorkflow } from './ask.ts';
import { isInteractive, projectAt, type WriteOptions, withName, writeScaffold } from './write.ts';

interface WorkflowOptions extends WriteOptions {
  readonly domain?: string;
  readonly event?: string;
  readonly atoms?: readonly string[];
}

const EXAMPLES = `
Examples:
  npm run breakwater -- new workflow book-seat                                   with an atom of its own, to begin with
  npm run breakwater -- new workflow sell-gift --atoms price-order,charge-payment,notify-customer
  npm run breakwater -- new workflow check-order --event order-placed --atoms price-order,assess-risk

A step takes each field of its input from the newest step before it that answers one of that name and type, else from
the event; a new event gets the fields that are missing. An atom's compensation becomes the undo of its step.
On a terminal, what is not said is asked. Nothing is ever overwritten.`;

/** `breakwater new workflow [name]`: workflow, test, demonstration and definitions in state-machines/<domain>/<name>. */
export const newWorkflowCommand = (root: string): Command =>
  new Command('workflow')
    .description('Writes a workflow: its steps, its event, its test, its definitions, and a demonstration of it.')
    .argument('[name]', 'what it does, in lower-case words with hyphens: book-seat')
    .option('--domain <name>', 'the folder in state-machines; the only one there is when left out')
    .option(
      '--event <name>',
      'the event that starts it, one that is there or a new one; <name>-requested when left out',
    )
    .option('--atoms <names>', 'the atoms that it uses, in order, with commas; one of its own when left out', names)
    .option('--dry-run', 'say what would be written, and write nothing')
    .option('--json', 'print the result for scripts, and ask nothing')
    .addHelpText('after', EXAMPLES)
    .action((name: string | undefined, options: WorkflowOptions) => newWorkflow(root, name, options));

async function newWorkflow(root: string, name: string | undefined, options: WorkflowOptions): Promise<void> {
  const { dryRun, json, ...said } = options;
  const project = await projectAt(root);
  const given = { ...said, ...(name === undefined ? {} : { name }) };
  const request: WorkflowRequest = isInteractive(options)
    ? await askWorkflow(project, given)
    : withName('workflow', given);
  await writeScaffold(project, planWorkflow(project, request), options);
}

const names = (text: string): readonly string[] =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
