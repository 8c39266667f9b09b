import { type PlainSchema, requiredFields, sampleOf } from '../contract/index.ts';
import { keySource, source } from './atom/texts.ts';
import { fits } from './schema/agree.ts';
import type { UsableAtom } from './usable-atom.ts';

/** A value that a step may refer to: the workflow's input, or what an earlier step answered. */
export interface InScope {
  /** `input`, or the step's name. */
  readonly name: string;
  readonly schema: PlainSchema;
}

/** Where each field of a step's input comes from. */
export interface Wiring {
  readonly fields: readonly (readonly [field: string, from: string])[];
  /** Fields that nothing in scope has; their values are examples. */
  readonly examples: readonly string[];
}

/** Takes each field of an atom's input from the newest value in scope that has one of its name and type. */
export function wire({ input }: Pick<UsableAtom, 'input'>, scope: readonly InScope[]): Wiring {
  const wired = requiredFields(input).map(([field, schema]) => {
    const giver = scope.toReversed().find((each) => has(each.schema, field, schema));
    return { field, from: giver && place(giver.name, field), example: source(sampleOf(schema, field)) };
  });
  return {
    fields: wired.map(({ field, from, example }) => [field, from ?? example]),
    examples: wired.filter(({ from }) => from === undefined).map(({ field }) => field),
  };
}

function has(schema: PlainSchema, field: string, wanted: PlainSchema): boolean {
  const given = Object.entries(schema.properties ?? {}).find(([name]) => name === field)?.[1];
  return given !== undefined && (schema.required ?? []).includes(field) && fits(given, wanted);
}

/** `input.lines`, `input['gift-text']` */
export const place = (name: string, field: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(field) ? `${name}.${field}` : `${name}[${source(field)}]`;

/** `({ input, price }) => ({ lines: input.lines, total: price.total })` */
export function templateSource({ fields }: Wiring): string {
  const roots = new Set(fields.flatMap(([, from]) => /^([a-z]\w*)[.[]/i.exec(from)?.[1] ?? []));
  const parameters = roots.size > 0 ? `{ ${[...roots].join(', ')} }` : '';
  return `(${parameters}) => ({ ${fields.map(([field, from]) => `${keySource(field)}: ${from}`).join(', ')} })`;
}

/** `.step('seat', reserveSeat, ({ input }) => ({ … }), { undo: releaseSeat })` */
export function stepSource(kind: 'step' | 'send', name: string, atom: UsableAtom, wiring: Wiring): string {
  const undo = kind === 'step' && atom.undo ? `, { undo: ${atom.undo.identifier} }` : '';
  return `.${kind}('${name}', ${atom.identifier}, ${templateSource(wiring)}${undo})`;
}
