import type { StandardJSONSchemaV1 } from '@standard-schema/spec';
import { type PlainSchema, plainSchemaOf, type Schema } from '../../contract/index.ts';
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
    return plainSchemaOf((standard.jsonSchema as StandardJSONSchemaV1.Converter)[side](TARGET));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ScaffoldError(`The ${what} cannot be said in JSON: ${reason}`, { cause: error });
  }
}
