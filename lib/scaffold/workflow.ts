import { writeAtom } from './atom.ts';
import type { Change } from './change.ts';
import { checkNewWorkflow, chooseDomain } from './choices.ts';
import { DomainEdit } from './domain-edit.ts';
import { ScaffoldError } from './errors.ts';
import { camel, firstFree, objectOf, plural, singular, UNUSABLE } from './names.ts';
import { nextForWorkflow } from './next.ts';
import { importPath, type Project } from './project.ts';
import type { Scaffold } from './scaffold.ts';
import type { UsableAtom } from './usable-atom.ts';
import { demonstrationText } from './workflow/demonstration-text.ts';
import { eventNamed } from './workflow/event.ts';
import { dataFor, type Stocked, stockedFor } from './workflow/order.ts';
import { simulationText } from './workflow/simulation-text.ts';
import { inputOf, planSteps, returnedBy, stepAtom } from './workflow/steps.ts';
import { type PlannedWorkflow, workflowTest, workflowText } from './workflow/texts.ts';

/** A new workflow, as somebody asks for it. */
export interface WorkflowRequest {
  readonly name: string;
  /** The only domain that there is when left out. */
  readonly domain?: string;
  /** The event that starts it: one that is there, or a new one. `<name>-requested` when left out. */
  readonly event?: string;
  /** The atoms that it uses, in order. Left out, one of its own is written, which takes something from a table. */
  readonly atoms?: readonly string[];
}

/**
 * What a new workflow is written as: workflow, test, demonstration and simulation, its event in domain.ts, and an atom where none
 * is named. A step's input is taken from the newest earlier step that answers a field of that name and type, else from
 * the event; an atom's compensation becomes its undo; atoms at the end of whose outcome nobody has to hear are sent.
 * @throws ScaffoldError saying what to ask for instead
 */
export function planWorkflow(project: Project, request: WorkflowRequest): Scaffold {
  const { name } = request;
  checkNewWorkflow(project, name);
  const domain = chooseDomain(project, request.domain);
  const edit = new DomainEdit(domain);
  const own = request.atoms === undefined ? ownAtom(project, name, edit) : undefined;
  const atoms = own ? [own.atom] : (request.atoms ?? []).map((each) => stepAtom(project, each));
  if (atoms.length === 0)
    throw new ScaffoldError('A workflow has at least one step: --atoms reserve-inventory,charge-payment');

  const folder = `state-machines/${domain.name}/${name}`;
  const file = `${folder}/workflow.ts`;
  const taken = new Set(atoms.flatMap(({ identifier, undo }) => [identifier, ...(undo ? [undo.identifier] : [])]));
  const identifier = firstFree(
    [camel(name), `${camel(name)}Workflow`],
    (word) => UNUSABLE.has(word) || taken.has(word),
  );
  const event = eventNamed(project, request.event ?? `${name}-requested`, edit, [...taken, identifier]);
  const steps = planSteps(atoms, event.payload);
  const input = event.payload ?? inputOf(steps);
  const written = event.declare(input);
  const planned: PlannedWorkflow = {
    name,
    identifier,
    steps,
    event: { name: event.name, identifier: written },
    imports: importsOf(file, atoms, { file: event.file, identifier: written }),
    returned: returnedBy(steps),
  };
  const data = { ...dataFor(project, atoms, input), ...own?.stocked.key };
  const stocked = own?.stocked ?? stockedFor(project, steps, data);
  const demonstrated = { ...planned, data, input, ...(stocked ? { stocked } : {}) };
  const changes: readonly Change[] = [
    { path: file, content: workflowText(planned) },
    { path: `${folder}/workflow.test.ts`, content: workflowTest(planned) },
    { path: `${folder}/demonstration.ts`, content: demonstrationText(demonstrated) },
    { path: `${folder}/simulation.ts`, content: simulationText(demonstrated) },
    ...(own?.changes ?? []),
  ];
  const wired = edit.changes();
  return {
    changes: [...changes, ...wired],
    added: Object.fromEntries(wired.map(({ path }) => [path, edit.says])),
    next: nextForWorkflow(project, domain.name, name),
    workflow: folder,
  };
}

/** An atom for a workflow that names none: it takes some of what a table of its own has. */
function ownAtom(project: Project, workflow: string, edit: DomainEdit) {
  const object = objectOf(workflow);
  const isTaken = (name: string) => project.atoms.some(({ contract }) => contract.name === name);
  const name = firstFree([`reserve-${singular(object)}`, `reserve-for-${workflow}`], isTaken);
  const isForeign = (table: string) =>
    [...project.domains.values()].some(
      (domain) => domain.name !== edit.domain.name && domain.tables.some(({ value }) => value.name === table),
    );
  const table = firstFree([plural(object), `${edit.domain.name}-${plural(object)}`], isForeign);
  const { changes, atom } = writeAtom(project, { name, effect: 'transaction', table }, edit);
  const keys = Object.keys(atom.input.properties ?? {}).filter((key) => key !== 'quantity');
  const key = Object.fromEntries(keys.map((field) => [field, `${singular(object)}-1`]));
  const stocked: Stocked = { table, key, atom: name };
  return { changes, atom, stocked };
}

function importsOf(
  file: string,
  atoms: readonly UsableAtom[],
  event: { readonly file: string; readonly identifier: string },
): readonly string[] {
  const all = [event, ...atoms, ...atoms.flatMap(({ undo }) => (undo ? [undo] : []))];
  const lines = all.map((each) => `import { ${each.identifier} } from '${importPath(file, each.file)}';`);
  return [...new Set(lines)];
}
