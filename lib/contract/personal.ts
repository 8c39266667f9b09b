import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import type { JsonSchema } from './schema-sides.ts';

/** What stands in logs, traces and errors in the place of personal data. */
export const MASK = '[personal]';

/**
 * Marks what a schema describes as personal data: it is recorded and answered as it is, and masked wherever it would
 * reach a log, a trace or an error's message. With zod it is `.meta({ personal: true })`, anywhere in a schema. With
 * other libraries it marks a schema as a whole, given to a contract as it is: what a library puts together of such
 * schemas does not know of the mark, unless its own JSON Schema says `"personal": true` or `"x-personal": true` there.
 *
 * @example
 * const Customer = z.object({ customerId: z.string(), email: personal(z.email()) });
 */
export function personal<S extends StandardSchemaV1>(schema: S): S {
  const { '~standard': standard } = schema;
  if (standard.vendor === 'zod' && 'meta' in schema && typeof schema.meta === 'function') {
    return schema.meta({ personal: true }) as S;
  }
  const said = (standard as Partial<StandardJSONSchemaV1.Props>).jsonSchema;
  const jsonSchema: StandardJSONSchemaV1.Converter = {
    input: (options) => ({ ...said?.input(options), personal: true }),
    output: (options) => ({ ...said?.output(options), personal: true }),
  };
  return Object.create(schema, { '~standard': { value: { ...standard, jsonSchema }, enumerable: true } }) as S;
}

/** Whether a JSON Schema says that its value is personal data. */
export const isMarked = (schema: JsonSchema): boolean => schema.personal === true || schema['x-personal'] === true;
