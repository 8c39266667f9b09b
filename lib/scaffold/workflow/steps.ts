import { type PlainSchema, requiredFields } from '../../contract/index.ts';
import { findAtom } from '../choices.ts';
import { ScaffoldError } from '../errors.ts';
import { stepName } from '../names.ts';
import type { Project } from '../project.ts';
import { both } from '../schema/agree.ts';
import { type UsableAtom, usable } from '../usable-atom.ts';
import { type InScope, place, wire } from '../wiring.ts';
import type { PlannedStep, PlannedWorkflow } from './texts.ts';

/** @throws ScaffoldError for a compensation, and for an input that is no object */
export function stepAtom(project: Project, name: string): UsableAtom {
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

/** The steps in order, each with where its input comes from. @param payload of the event, if it is there already */
export function planSteps(atoms: readonly UsableAtom[], payload: PlainSchema | undefined): readonly PlannedStep[] {
  const lastHeard = atoms.findLastIndex(({ isSent }) => !isSent);
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
function inputFor({ input }: UsableAtom, earlier: readonly InScope[]): PlainSchema {
  const missing = new Set(wire({ input }, earlier).examples);
  const fields = requiredFields(input).filter(([field]) => missing.has(field));
  return { type: 'object', properties: Object.fromEntries(fields), required: fields.map(([field]) => field) };
}

/** What a new event carries: every field that a step takes from it, so that it suits all of them. */
export function inputOf(steps: readonly PlannedStep[]): PlainSchema {
  const properties: Record<string, PlainSchema> = {};
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

/** The fields that the last step answers whose answer is heard. */
export function returnedBy(steps: readonly PlannedStep[]): PlannedWorkflow['returned'] {
  const last = steps.findLast(({ kind }) => kind === 'step');
  if (!last) return [];
  const fields = requiredFields(last.atom.output).map(([field]) => [field, place(last.name, field)] as const);
  return fields.length > 0 ? fields : [[last.name, last.name]];
}
