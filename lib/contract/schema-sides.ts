import type { StandardJSONSchemaV1 } from '@standard-schema/spec';
import type { Schema } from './schema.ts';

/** A JSON Schema (2020-12) of an object or of anything else, as plain JSON. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a conversion is for; the version of JSON Schema. */
export type JsonSchemaOptions = StandardJSONSchemaV1.Options;

/** What goes into a schema. @throws Error when it has no JSON Schema */
export const acceptedBy = (schema: Schema, options: JsonSchemaOptions): JsonSchema => converter(schema).input(options);

/** What comes out of it, open to more wherever the schema would only strip that. @throws Error when it has no JSON Schema */
export function producedBy(schema: Schema, options: JsonSchemaOptions): JsonSchema {
  const { input, output } = converter(schema);
  return opened(
    output(options),
    sayable(() => input(options)),
  ) as JsonSchema;
}

/**
 * What goes in and what comes out, as far as its library tells; nothing for a library that has no JSON Schema.
 * @throws Error when this very schema has none
 */
export function sidesOf(schema: Schema, options: JsonSchemaOptions): readonly JsonSchema[] {
  try {
    const { input, output } = converter(schema);
    return [input(options), output(options)];
  } catch (error) {
    if (error instanceof WithoutJsonSchema) return [];
    throw error;
  }
}

class WithoutJsonSchema extends Error {}

function converter({ '~standard': standard }: Schema): StandardJSONSchemaV1.Converter {
  if ('jsonSchema' in standard) return standard.jsonSchema as StandardJSONSchemaV1.Converter;
  throw new WithoutJsonSchema(
    `its library (${standard.vendor}) has no Standard JSON Schema; zod has it from 4.2, arktype from 2.1.28, valibot by toStandardJsonSchema`,
  );
}

/**
 * Libraries that strip unknown keys say of what comes out that there are no others. That holds for their own answers
 * only: nobody strips those of another language.
 */
function opened(output: unknown, input: unknown): unknown {
  if (Array.isArray(output)) return output.map((each, index) => opened(each, Array.isArray(input) ? input[index] : 0));
  if (!isObject(output)) return output;
  const before = isObject(input) ? input : {};
  const open = Object.entries(output).filter(
    ([key, value]) => key !== 'additionalProperties' || value !== false || before[key] === false,
  );
  return Object.fromEntries(
    open.map(([key, value]) => {
      if (VALUES.has(key)) return [key, value];
      return [key, BY_NAME.has(key) ? openedByName(value, before[key]) : opened(value, before[key])];
    }),
  );
}

function openedByName(output: unknown, input: unknown): unknown {
  if (!isObject(output)) return output;
  const before = isObject(input) ? input : {};
  return Object.fromEntries(Object.entries(output).map(([name, value]) => [name, opened(value, before[name])]));
}

/** Keywords that hold values, not schemas. */
const VALUES: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples', 'required']);

/** Keywords that hold schemas by names of the user's own. */
const BY_NAME: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs', 'definitions']);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

function sayable(convert: () => unknown): unknown {
  try {
    return convert();
  } catch {
    return undefined;
  }
}
