// What stands in the project's folders, as data: `breakwater dev` asks it in a process of its own at every change.
import { dirname, join } from 'node:path';
import { compile, undoMachineName } from '../lib/asl/index.ts';
import type { BundleEntry } from '../lib/constructs/index.ts';
import { majorId } from '../lib/contract/index.ts';
import { answer } from '../lib/local/development/fresh-process.ts';
import type { Definition, LaidOutFunction, Layout } from '../lib/local/development/index.ts';
import { admissionBundle, bundleEntries } from '../lib/stacks/bundles.ts';
import { discover, type Found, type FoundWorkflow, PLATFORM } from '../lib/stacks/discovery.ts';

const root = join(import.meta.dirname, '..');

await answer(root, async (): Promise<Layout> => {
  const found = discover(root);
  return {
    functions: bundleEntries(root, found).map((entry) => functionOf(found, entry)),
    declarations: [
      ...found.atoms.map(({ file }) => join(dirname(file), 'contract.ts')),
      ...found.workflows.map(({ file }) => file),
    ],
    workflows: found.workflows.map((each) => ({
      name: each.workflow.plan.name,
      file: each.file,
      functions: functionsOf(found, each),
    })),
    definitions: found.workflows.flatMap(definitionsOf),
  };
});

/** Atoms are deployed by their major version, everything else by its name; see lib/constructs/names.ts. */
function functionOf({ atoms, workflows }: Found, entry: BundleEntry): LaidOutFunction {
  const { name } = entry;
  const atom = atoms.find(({ contract }) => contract.name === name);
  const admits = workflows.some(({ workflow }) => admissionBundle(workflow.plan.name) === name);
  return {
    name,
    functionName: atom ? majorId(atom.contract) : name,
    takesBatches: atom !== undefined || admits,
    entry,
  };
}

/** A workflow's atoms, those that serve all workflows, and what starts it. */
function functionsOf({ atoms }: Found, { workflow }: FoundWorkflow): readonly string[] {
  const used = new Set([...workflow.contracts.values()].map(majorId));
  return [
    ...atoms
      .filter(({ domain, contract }) => domain === PLATFORM || used.has(majorId(contract)))
      .map(({ contract }) => contract.name),
    ...(workflow.startedBy ? [admissionBundle(workflow.plan.name)] : []),
  ];
}

function definitionsOf({ workflow: { plan } }: FoundWorkflow): readonly Definition[] {
  const { machine, undoMachine } = compile(plan);
  return [
    { workflow: plan.name, machine: plan.name, content: { ...machine } },
    { workflow: plan.name, machine: undoMachineName(plan.name), content: { ...undoMachine } },
  ];
}
