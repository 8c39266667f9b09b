import type { StandardJSONSchemaV1, StandardSchemaV1 } from '@standard-schema/spec';
import type { Schema } from './schema.ts';
import { acceptedBy, type JsonSchema, type JsonSchemaOptions, producedBy } from './schema-sides.ts';

/** What a compensation is given: the step's input as its handler saw it, and its output. */
export interface Compensable<Parsed, Output> {
  readonly input: Parsed;
  readonly output: Output;
}

/** The contract whose effect is taken back. */
interface Original<Parsed> {
  readonly name: string;
  readonly version: string;
  readonly input: Schema<unknown, Parsed>;
  readonly output: Schema<unknown, unknown>;
}

/** The input is parsed as the step's handler got it; the output is what was recorded, which was checked then. */
export function compensableSchema<Parsed, Output>(of: Original<Parsed>): Schema<Compensable<Parsed, Output>> {
  const describe = (options: JsonSchemaOptions): JsonSchema => recordedSchema(of, options);
  const standard: StandardSchemaV1.Props<Compensable<Parsed, Output>> & StandardJSONSchemaV1.Props = {
    version: 1,
    vendor: 'breakwater',
    jsonSchema: { input: describe, output: describe },
    validate: async (value) => {
      if (value === null || typeof value !== 'object' || !('input' in value) || !('output' in value)) {
        return { issues: [{ message: 'expected { input, output } of the step to undo' }] };
      }
      // A newer schema that refuses what was taken then must not stand in the way of undoing it.
      const result = await of.input['~standard'].validate(value.input);
      const parsed = result.issues ? (value.input as Parsed) : result.value;
      return { value: { input: parsed, output: value.output as Output } };
    },
  };
  return { '~standard': standard };
}

/** As a record holds them. Each has an identifier of its own, so that `#` in it means itself. */
function recordedSchema<Parsed>({ name, version, input, output }: Original<Parsed>, options: JsonSchemaOptions) {
  const { $schema, ...accepted } = acceptedBy(input, options);
  const { $schema: _, ...produced } = producedBy(output, options);
  const id = `urn:breakwater:${name}@${version}`;
  return {
    $schema,
    type: 'object',
    properties: { input: { $id: `${id}:input`, ...accepted }, output: { $id: `${id}:output`, ...produced } },
    required: ['input', 'output'],
  };
}
