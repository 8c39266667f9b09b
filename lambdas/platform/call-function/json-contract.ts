import { Validator } from '@cfworker/json-schema';
import type { AnyContract, ContractSchemas, JsonSchema, Schema } from '../../../lib/contract/index.ts';

/** A contract as it is written down for the Lambda that stands before an existing function. */
export interface JsonContract
  extends Pick<AnyContract, 'name' | 'version' | 'summary' | 'effect' | 'timeout' | 'undoes'> {
  readonly schemas: ContractSchemas;
}

/** The contract again, whose schemas check by JSON Schema. */
export function readContract({ schemas, ...written }: JsonContract): AnyContract {
  return {
    ...written,
    kind: 'contract',
    // What is undone was recorded once: no newer schema may stand in the way of taking it back.
    input: written.undoes ? ANYTHING : schemaOf(schemas.input),
    output: schemaOf(schemas.output),
    failures: Object.fromEntries(Object.entries(schemas.failures).map(([name, each]) => [name, schemaOf(each)])),
    preconditions: {},
    uses: [],
    examples: [],
  };
}

const ANYTHING: Schema = { '~standard': { version: 1, vendor: 'json-schema', validate: (value) => ({ value }) } };

function schemaOf(jsonSchema: JsonSchema): Schema {
  // Without stopping at the first error: whoever mends a message wants to hear of all.
  const validator = new Validator(jsonSchema, '2020-12', false);
  return {
    '~standard': {
      version: 1,
      vendor: 'json-schema',
      validate: (value) => {
        const { valid, errors } = validator.validate(value);
        if (valid) return { value };
        const deepest = errors.filter(({ keyword }) => !CONTAINERS.has(keyword));
        return {
          issues: (deepest.length > 0 ? deepest : errors).map(({ error, instanceLocation }) => ({
            message: error,
            path: instanceLocation.split('/').slice(1).map(unescaped),
          })),
        };
      },
    },
  };
}

/** Keywords that only say that something within is wrong. */
const CONTAINERS = new Set(['properties', 'items', 'prefixItems', 'additionalProperties', 'allOf', '$ref']);

/** A segment of a JSON pointer (RFC 6901); an index into a list is a number. */
const unescaped = (segment: string): string | number => {
  const text = decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~');
  return /^\d+$/.test(text) ? Number(text) : text;
};
