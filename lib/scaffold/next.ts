import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { contractId } from '../contract/index.ts';
import type { Found } from '../stacks/index.ts';
import type { Workflow } from '../workflow/index.ts';
import { stepName } from './names.ts';
import { importPath, type Project } from './project.ts';
import type { NextStep } from './scaffold.ts';
import { readSchema } from './schema/json-schema.ts';
import type { UsableAtom } from './usable-atom.ts';
import { type InScope, stepSource, wire } from './wiring.ts';

type FoundWorkflow = Found['workflows'][number];

const CHECK: NextStep = { say: 'Check it:', commands: ['npm test -- static unit'] };
const RUN: NextStep = { say: 'Run it on this machine:', commands: ['npm start -- --once'] };

/** What to do with a new atom: the lines that use it, and the commands that check and run it. */
export function nextForAtom(
  project: Project,
  domain: string,
  atom: UsableAtom,
  undoes: string | undefined,
): readonly NextStep[] {
  const use = undoes === undefined ? stepInWorkflow(project, domain, atom) : undoOfStep(project, atom, undoes);
  const generate: NextStep = { say: 'Write the definition that comes of it:', commands: ['npm run generate'] };
  return use.lines ? [use, generate, CHECK, RUN] : [CHECK, use, RUN];
}

/** What to do with a new workflow. */
export function nextForWorkflow(project: Project, domain: string, name: string): readonly NextStep[] {
  const shown = project.workflows.find(({ file }) => existsSync(join(dirname(file), 'demonstration.ts')));
  const isFirst = !shown || `${domain}/${name}` < `${shown.domain}/${shown.workflow.plan.name}`;
  return [
    CHECK,
    {
      say: `See what it became: state-machines/${domain}/${name}/generated. After a change:`,
      commands: ['npm run generate'],
    },
    {
      say: 'Run it under every fault, in virtual time (docs/simulation.md):',
      commands: [`npm run breakwater -- simulate ${name}`],
    },
    isFirst
      ? RUN
      : {
          say: `Run it on this machine. npm start shows ${shown.workflow.plan.name}, whose folder comes first; an order of this one can be placed beside it:`,
          commands: ['npm start', `npm run breakwater -- order ${name}`],
        },
  ];
}

function stepInWorkflow(project: Project, domain: string, atom: UsableAtom): NextStep {
  const [found] = project.workflows.toSorted((a, b) => Number(b.domain === domain) - Number(a.domain === domain));
  if (!found) {
    return {
      say: 'Write a workflow that uses it:',
      commands: [`npm run breakwater -- new workflow <name> --domain ${domain} --atoms ${atom.name}`],
    };
  }
  const { plan } = found.workflow;
  const { isSent } = atom;
  const pivot = plan.body.nodes.find(({ kind }) => kind === 'emit' || kind === 'send');
  const wiring = wire(atom, scopeOf(found.workflow));
  const name = stepName(atom.name, new Set(['input', ...plan.body.nodes.map((node) => node.name)]));
  const file = fileOf(project, found);
  const examples =
    wiring.examples.length > 0
      ? ` (${plan.name} knows no ${wiring.examples.join(', no ')}: what stands there is an example)`
      : '';
  return {
    say: `Use it in a workflow. In ${file}, the import at the top, the ${isSent ? 'send' : 'step'} before ${pivot && !isSent ? `the ${pivot.kind} "${pivot.name}"` : '.returns(…)'}${examples}:`,
    lines: [importLine(file, atom), stepSource(isSent ? 'send' : 'step', name, atom, wiring)],
  };
}

function undoOfStep(project: Project, atom: UsableAtom, undoes: string): NextStep {
  for (const found of project.workflows) {
    const step = found.workflow.plan.body.nodes.find((node) => node.kind === 'step' && node.atom.name === undoes);
    if (!step) continue;
    const file = fileOf(project, found);
    const instead = step.kind === 'step' && step.undo ? `, in the place of ${step.undo.name}` : '';
    return {
      say: `Give it to the step "${step.name}" in ${file}${instead}: the import at the top, the option as the step's last argument:`,
      lines: [importLine(file, atom), `{ undo: ${atom.identifier} }`],
    };
  }
  return {
    say: `No workflow uses ${undoes} yet. One that does, with its undo:`,
    commands: [`npm run breakwater -- new workflow <name> --atoms ${undoes}`],
  };
}

const importLine = (file: string, { identifier, file: contract }: UsableAtom): string =>
  `import { ${identifier} } from '${importPath(file, contract)}';`;

const fileOf = ({ root }: Project, { file }: FoundWorkflow): string => relative(root, file).replaceAll('\\', '/');

/** What a step before the pivot may refer to. Values whose schemas JSON cannot say are left out. */
function scopeOf({ plan, input, contracts }: Workflow): readonly InScope[] {
  const scope = readable('input', () => readSchema(input, 'input', `input of ${plan.name}`));
  const pivot = plan.body.nodes.findIndex(({ kind }) => kind === 'emit' || kind === 'send');
  const before = pivot < 0 ? plan.body.nodes : plan.body.nodes.slice(0, pivot);
  const steps = before.flatMap((node) => {
    const contract = node.kind === 'step' ? contracts.get(contractId(node.atom)) : undefined;
    return contract ? readable(node.name, () => readSchema(contract.output, 'output', node.name)) : [];
  });
  return [...scope, ...steps];
}

function readable(name: string, read: () => InScope['schema']): readonly InScope[] {
  try {
    return [{ name, schema: read() }];
  } catch {
    return [];
  }
}
