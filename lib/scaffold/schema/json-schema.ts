import type { StandardJSONSchemaV1 } from '@standard-schema/spec';
import type { PlainSchema, Schema } from '../../contract/index.ts';
import { ScaffoldError } from '../errors.ts';

const TARGET = { target: 'draft-2020-12' } as const;

/**
 * What goes into a schema (`input`), or what comes out of it (`output`).
 * @param what names it in errors: `input of price-order`
 * @throws ScaffoldError if its library cannot say, or JSON Schema cannot
 */
export function readSchema({ '~standard': standard }: Schema, side: 'input' | 'output', what: string): PlainSchema {
  if (!('jsonSchema' in standard)) {
    throw new ScaffoldError(
      `The ${what} cannot be read: ${standard.vendor} has no Standard JSON Schema. Use zod 4.2 or newer.`,
    );
  }
  try {
    return plainly((standard.jsonSchema as StandardJSONSchemaV1.Converter)[side](TARGET) as RawSchema);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ScaffoldError(`The ${what} cannot be said in JSON: ${reason}`, { cause: error });
  }
}

/** As libraries write it: several types in a list, and choices under another name. */
interface RawSchema extends Omit<PlainSchema, 'type'> {
  readonly $schema?: string;
  readonly type?: string | readonly string[];
  readonly oneOf?: readonly PlainSchema[];
}

/** Every choice as `anyOf`, and without the version of JSON Schema. */
function plainly({ $schema, type, oneOf, ...rest }: RawSchema): PlainSchema {
  if (typeof type === 'object') {
    return { anyOf: type.map((each) => plainly(each === 'null' ? { type: each } : { ...rest, type: each })) };
  }
  const { anyOf = oneOf, items, properties, additionalProperties, ...others } = rest;
  const inner = (schema: PlainSchema): PlainSchema => plainly(schema as RawSchema);
  return {
    ...others,
    ...(type === undefined ? {} : { type }),
    ...(anyOf ? { anyOf: anyOf.map(inner) } : {}),
    ...(items ? { items: inner(items) } : {}),
    ...(properties
      ? { properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, inner(each)])) }
      : {}),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: inner(additionalProperties) } : {}),
  };
}
