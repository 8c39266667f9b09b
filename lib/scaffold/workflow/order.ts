import { type PlainSchema, requiredFields, sampleOf } from '../../contract/index.ts';
import type { KnownAtom, Project } from '../project.ts';
import { fits } from '../schema/agree.ts';
import { takenFrom } from '../taken-from.ts';
import { type UsableAtom, usable } from '../usable-atom.ts';
import { place } from '../wiring.ts';
import type { PlannedStep } from './texts.ts';

/** The item that the demonstration's orders take from. */
export interface Stocked {
  readonly table: string;
  readonly key: Readonly<Record<string, string>>;
  /** The atom that takes it. */
  readonly atom: string;
}

/** The payload of an ordinary order: as an example of the atoms, or another of the project, has such a field. */
export function dataFor(
  project: Project,
  atoms: readonly UsableAtom[],
  input: PlainSchema,
): Readonly<Record<string, unknown>> {
  const isUsed = ({ contract }: KnownAtom) => atoms.some(({ name }) => name === contract.name);
  const known = project.atoms.toSorted((a, b) => Number(isUsed(b)) - Number(isUsed(a)));
  const examples = known.flatMap((atom) => exampleOf(project, atom));
  const valueFor = (field: string, schema: PlainSchema): unknown => {
    const example = examples.find(({ schemas }) => schemas[field] && fits(schemas[field], schema));
    return example?.input[field] ?? sampleOf(schema, field);
  };
  return Object.fromEntries(requiredFields(input).map(([field, schema]) => [field, valueFor(field, schema)]));
}

/** None of an atom that has no example, or whose input is nothing that JSON can say. */
function exampleOf(project: Project, atom: KnownAtom) {
  const example = atom.contract.examples.find((each) => 'output' in each)?.input;
  if (example === null || typeof example !== 'object') return [];
  try {
    const { properties: schemas = {} } = usable(project, atom).input;
    return [{ schemas, input: example as Readonly<Record<string, unknown>> }];
  } catch {
    return [];
  }
}

/** What the one atom takes that takes something from a table as an order says. */
export function stockedFor(
  project: Project,
  steps: readonly PlannedStep[],
  data: Readonly<Record<string, unknown>>,
): Stocked | undefined {
  const taking = steps.flatMap(({ atom, wiring }) => {
    const known = project.atoms.find(({ contract }) => contract.name === atom.name);
    const domain = known && project.domains.get(known.domain);
    const table = known && domain && takenFrom(project, domain, known);
    return table && wiring.fields.every(([field, from]) => from === place('input', field)) ? [{ atom, table }] : [];
  });
  const [only] = taking;
  if (!only || taking.length > 1) return undefined;
  const key = Object.fromEntries(only.table.keys.map((field) => [field, String(data[field])]));
  return { table: only.table.name, key, atom: only.atom.name };
}
