import { isMarked } from './personal.ts';
import type { JsonSchema } from './schema-sides.ts';

/** A part of a JSON Schema that describes a value, with the schema that `#` means in it. */
export interface Place {
  readonly schema: JsonSchema;
  readonly root: JsonSchema;
}

/** All parts that describe the same value as one of these does: what they refer to, and what they are put together of. */
export function expanded(places: readonly Place[]): readonly Place[] {
  const found = new Map<JsonSchema, Place>();
  const add = (schema: unknown, root: JsonSchema): void => {
    if (!isSchema(schema) || found.has(schema)) return;
    const own = '$id' in schema ? schema : root;
    found.set(schema, { schema, root: own });
    if (typeof schema.$ref === 'string') add(referred(schema.$ref, own), own);
    for (const keyword of ['allOf', 'anyOf', 'oneOf']) for (const each of listOf(schema[keyword])) add(each, own);
    for (const keyword of ['if', 'then', 'else']) add(schema[keyword], own);
  };
  for (const { schema, root } of places) add(schema, root);
  return [...found.values()];
}

/** What describes an element of a list, or a property of an object; nothing when it is unknown there. */
export function within(places: readonly Place[], key: string | number): readonly Place[] {
  return expanded(
    places.flatMap(({ schema, root }) =>
      (typeof key === 'number' ? elements(schema, key) : properties(schema, key)).filter(isSchema).map((each) => ({
        schema: each,
        root,
      })),
    ),
  );
}

/** Of what these say something in particular; whatever else there is, is all described alike, unless patterns decide. */
export interface Named {
  readonly properties: ReadonlySet<string>;
  /** How many elements at a list's beginning. */
  readonly elements: number;
  readonly byPattern: boolean;
}

export const namedIn = (places: readonly Place[]): Named => ({
  properties: new Set(places.flatMap(({ schema }) => Object.keys(recordOf(schema.properties)))),
  elements: Math.max(0, ...places.map(({ schema }) => listOf(schema.prefixItems).length)),
  byPattern: places.some(({ schema }) => isSchema(schema.patternProperties)),
});

/** What describes the names of an object's properties. */
export const ofNames = (places: readonly Place[]): readonly Place[] =>
  expanded(
    places.flatMap(({ schema, root }) =>
      isSchema(schema.propertyNames) ? [{ schema: schema.propertyNames, root }] : [],
    ),
  );

export const areMarked = (places: readonly Place[]): boolean => places.some(({ schema }) => isMarked(schema));

/** Every part of these, however deep, each once; a schema may contain itself. */
export function allWithin(places: readonly Place[]): readonly Place[] {
  const found = new Map<JsonSchema, Place>();
  const add = (level: readonly Place[]): void => {
    for (const place of expanded(level)) {
      if (found.has(place.schema)) continue;
      found.set(place.schema, place);
      const { schema, root } = place;
      add(partsOf(schema).map((part) => ({ schema: part, root })));
    }
  };
  add(places);
  return [...found.values()];
}

/** Names of properties that are marked, wherever they stand. */
export const markedNames = (places: readonly Place[]): ReadonlySet<string> =>
  new Set(
    allWithin(places).flatMap(({ schema, root }) =>
      Object.entries(recordOf(schema.properties))
        .filter(([, each]) => isSchema(each) && areMarked(expanded([{ schema: each, root }])))
        .map(([name]) => name),
    ),
  );

/** Something for each set of places. */
export class PlaceMap<Value> {
  readonly #numbers = new Map<JsonSchema, number>();
  readonly #values = new Map<string, Value>();

  get(places: readonly Place[], make: () => Value): Value {
    const key = places.map(({ schema }) => this.#numberOf(schema)).join();
    const value = this.#values.get(key) ?? make();
    this.#values.set(key, value);
    return value;
  }

  #numberOf(schema: JsonSchema): number {
    const number = this.#numbers.get(schema) ?? this.#numbers.size;
    this.#numbers.set(schema, number);
    return number;
  }
}

function elements(schema: JsonSchema, index: number): readonly unknown[] {
  const first = listOf(schema.prefixItems);
  return [index < first.length ? first[index] : schema.items, schema.contains];
}

function properties(schema: JsonSchema, name: string): readonly unknown[] {
  const named = recordOf(schema.properties);
  const patterns = Object.entries(recordOf(schema.patternProperties))
    .filter(([pattern]) => matches(pattern, name))
    .map(([, each]) => each);
  const known = Object.hasOwn(named, name) ? [named[name], ...patterns] : patterns;
  return known.length > 0 ? known : [schema.additionalProperties];
}

/** A pattern that JavaScript does not understand might match anything. */
function matches(pattern: string, name: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(name);
  } catch {
    return true;
  }
}

const partsOf = (schema: JsonSchema): readonly JsonSchema[] =>
  [
    ...Object.values(recordOf(schema.properties)),
    ...Object.values(recordOf(schema.patternProperties)),
    ...listOf(schema.prefixItems),
    schema.items,
    schema.contains,
    schema.additionalProperties,
    schema.propertyNames,
  ].filter(isSchema);

/** `#` and `#/$defs/Address`; libraries write no others. */
function referred(reference: string, root: JsonSchema): unknown {
  if (!reference.startsWith('#')) return undefined;
  const names = reference.slice(1).split('/').slice(1);
  return names.reduce<unknown>(
    (each, name) => recordOf(each)[decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~')],
    root,
  );
}

const isSchema = (value: unknown): value is JsonSchema =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const recordOf = (value: unknown): JsonSchema => (isSchema(value) ? value : {});

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
