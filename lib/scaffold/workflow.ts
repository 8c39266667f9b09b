import { writeAtom } from './atom.ts';
import type { Change } from './change.ts';
import { checkNewWorkflow, chooseDomain, findAtom } from './choices.ts';
import { DomainEdit } from './domain-edit.ts';
import { ScaffoldError } from './errors.ts';
import { camel, checkWords, firstFree, objectOf, plural, singular, stepName, UNUSABLE } from './names.ts';
import { nextForWorkflow } from './next.ts';
import { domainFile, importPath, type KnownAtom, type Project } from './project.ts';
import type { Scaffold } from './scaffold.ts';
import { both, fits } from './schema/agree.ts';
import { type JsonSchema, readSchema, requiredFields } from './schema/json-schema.ts';
import { sampleOf } from './schema/sample.ts';
import { zodSource } from './schema/zod-source.ts';
import { sampleStep, type UsableAtom, usable } from './usable-atom.ts';
import { type InScope, place, wire } from './wiring.ts';
import { demonstrationText, type Stocked } from './workflow/demonstration-text.ts';
import { type PlannedStep, type PlannedWorkflow, workflowTest, workflowText } from './workflow/texts.ts';

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
 * What a new workflow is written as: workflow, test and demonstration, its event in domain.ts, and an atom where none
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
  const event = eventFor(project, request, edit, [...taken, identifier]);
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
  const stocked = own ? { stocked: own.stocked } : {};
  const changes: readonly Change[] = [
    { path: file, content: workflowText(planned) },
    { path: `${folder}/workflow.test.ts`, content: workflowTest(planned) },
    { path: `${folder}/demonstration.ts`, content: demonstrationText({ ...planned, data, input, ...stocked }) },
    ...(own?.changes ?? []),
  ];
  const wired = edit.changes();
  return {
    changes: [...changes, ...wired],
    added: Object.fromEntries(wired.map(({ path }) => [path, edit.says])),
    next: nextForWorkflow(domain.name, name),
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
  const stocked: Stocked = { table, key: Object.fromEntries(keys.map((key) => [key, `${singular(object)}-1`])) };
  return { changes, atom, stocked };
}

/** @throws ScaffoldError for a compensation, and for an input that is no object */
function stepAtom(project: Project, name: string): UsableAtom {
  const known = findAtom(project, name);
  const { undoes } = known.contract;
  if (undoes) {
    throw new ScaffoldError(
      `${name} is no step: it undoes ${undoes.name}. Name ${undoes.name}, and it becomes its undo.`,
    );
  }
  const atom = usable(project, known);
  if (atom.input.type === 'object') return atom;
  throw new ScaffoldError(
    `The input of ${name} is no object, and a workflow gives its steps fields. Write this one by hand.`,
  );
}

function planSteps(atoms: readonly UsableAtom[], payload: JsonSchema | undefined): readonly PlannedStep[] {
  const lastHeard = atoms.findLastIndex(({ effect, failures }) => effect !== 'none' || failures.length > 0);
  const steps: PlannedStep[] = [];
  for (const [index, atom] of atoms.entries()) {
    const name = stepName(atom.name, new Set(['input', ...steps.map((step) => step.name)]));
    const earlier = steps.flatMap((step): InScope[] =>
      step.kind === 'step' ? [{ name: step.name, schema: step.atom.output }] : [],
    );
    const scope = [{ name: 'input', schema: payload ?? inputFor(atom, earlier) }, ...earlier];
    const wiring = wire(atom, scope);
    if (wiring.examples.length > 0) {
      throw new ScaffoldError(
        `${atom.name} needs ${wiring.examples.join(', ')}, which neither the event nor an earlier step has. Choose another event (a new one gets what the atoms need), or put an atom before it that answers ${wiring.examples.join(', ')}.`,
      );
    }
    steps.push({ kind: index > lastHeard && steps.length > 0 ? 'send' : 'step', name, atom, wiring });
  }
  return steps;
}

/** What a new event would have to carry for one atom: whatever no earlier step answers. */
function inputFor({ input }: UsableAtom, earlier: readonly InScope[]): JsonSchema {
  const missing = new Set(wire({ input }, earlier).examples);
  const fields = requiredFields(input).filter(([field]) => missing.has(field));
  return { type: 'object', properties: Object.fromEntries(fields), required: fields.map(([field]) => field) };
}

/** What a new event carries: every field that a step takes from it, so that it suits all of them. */
function inputOf(steps: readonly PlannedStep[]): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  for (const { atom, wiring } of steps) {
    for (const [field, schema] of requiredFields(atom.input)) {
      if (!wiring.fields.some(([name, from]) => name === field && from === place('input', field))) continue;
      const before = properties[field];
      const common = before ? both(before, schema) : schema;
      if (!common) {
        throw new ScaffoldError(
          `"${field}" of ${atom.name} is something else than "${field}" of a step before it. Rename it in one of their contracts, or write this workflow by hand.`,
        );
      }
      properties[field] = common;
    }
  }
  return { type: 'object', properties, required: Object.keys(properties) };
}

interface PlannedEvent {
  readonly name: string;
  /** The domain.ts that declares it, from the project's folder. */
  readonly file: string;
  /** What it carries, if it is there already. */
  readonly payload?: JsonSchema;
  /** @returns the name that it is exported under */
  declare(payload: JsonSchema): string;
}

function eventFor(
  project: Project,
  request: WorkflowRequest,
  edit: DomainEdit,
  taken: readonly string[],
): PlannedEvent {
  const name = request.event ?? `${request.name}-requested`;
  for (const domain of project.domains.values()) {
    const there = domain.events.find(({ value }) => value.name === name);
    if (!there) continue;
    const payload = readSchema(there.value.payload, 'input', `payload of ${name}`);
    return { name, file: domainFile(domain.name), payload, declare: () => there.identifier };
  }
  checkWords('Event', name);
  const code = (payload: JsonSchema) => (identifier: string) =>
    `export const ${identifier} = event({ name: '${name}', version: '1.0.0', payload: ${zodSource(payload, '')} });`;
  return {
    name,
    file: domainFile(edit.domain.name),
    declare: (payload) => edit.declare('event', name, code(payload), taken),
  };
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

/** The fields that the last step answers whose answer is heard. */
function returnedBy(steps: readonly PlannedStep[]): PlannedWorkflow['returned'] {
  const last = steps.findLast(({ kind }) => kind === 'step');
  if (!last) return [];
  const fields = requiredFields(last.atom.output).map(([field]) => [field, place(last.name, field)] as const);
  return fields.length > 0 ? fields : [[last.name, last.name]];
}

/** The payload of an ordinary order: as an example of the atoms, or another of the project, has such a field. */
function dataFor(project: Project, atoms: readonly UsableAtom[], input: JsonSchema): Readonly<Record<string, unknown>> {
  const isUsed = ({ contract }: KnownAtom) => atoms.some(({ name }) => name === contract.name);
  const known = project.atoms.toSorted((a, b) => Number(isUsed(b)) - Number(isUsed(a)));
  const examples = known.flatMap((atom) => (atom.contract.examples.length > 0 ? [exampleOf(project, atom)] : []));
  const valueFor = (field: string, schema: JsonSchema): unknown => {
    const example = examples.find(({ schemas }) => schemas[field] && fits(schemas[field], schema));
    return example?.input[field] ?? sampleOf(schema, field);
  };
  return Object.fromEntries(requiredFields(input).map(([field, schema]) => [field, valueFor(field, schema)]));
}

function exampleOf(project: Project, atom: KnownAtom) {
  const { properties: schemas = {} } = usable(project, atom).input;
  return { schemas, input: sampleStep(atom).input as Readonly<Record<string, unknown>> };
}
