import type { AnyContract } from './contract.ts';
import { ContractDefinitionError } from './errors.ts';
import { acceptedBy, type JsonSchema, producedBy } from './schema-sides.ts';

/** What a contract says to those who have no TypeScript. */
export interface ContractSchemas {
  /** What the state machine sends. A compensation's is `{ input, output }` of the step that it undoes. */
  readonly input: JsonSchema;
  /** What later steps read. */
  readonly output: JsonSchema;
  /** Payloads of the declared failures, by name. */
  readonly failures: Readonly<Record<string, JsonSchema>>;
}

/**
 * A contract's schemas as JSON Schema 2020-12, for atoms in other languages and for what stands before them.
 *
 * The input is as it is sent, before any transformation; the output and the payloads are as they are answered, after.
 * An object is closed (`additionalProperties: false`) only where the contract refuses unknown keys: an answer with more
 * than was promised keeps its promise. Refinements in code (`refine`) have no JSON Schema: what they refuse, it accepts.
 * A compensation's input is described, not guarded: it was recorded, and no newer schema may stand in the way of undoing.
 *
 * @example
 * const { input } = jsonSchemaOf(chargePayment);
 * new Validator(input, '2020-12').validate(envelope.input).valid;
 * @throws ContractDefinitionError naming the schema that JSON Schema cannot say: a transformed output, a date, a map
 */
export function jsonSchemaOf(
  contract: Pick<AnyContract, 'name' | 'input' | 'output' | 'failures' | 'undoes'>,
): ContractSchemas {
  const said = (what: string, convert: () => JsonSchema): JsonSchema => {
    try {
      return convert();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ContractDefinitionError(
        `Contract "${contract.name}"`,
        `Its ${what} cannot be written as JSON Schema: ${reason.replace(/\.$/, '')}.`,
        contract.undoes && what === 'input'
          ? `It is made of the input and the output of ${contract.undoes.name}: change them there.`
          : 'Describe what goes over the wire, as JSON: z.iso.datetime() instead of a date, z.record() instead of a map, .pipe(…) after a transformation of what is answered.',
      );
    }
  };
  return {
    input: said('input', () => acceptedBy(contract.input, TARGET)),
    output: said('output', () => producedBy(contract.output, TARGET)),
    failures: Object.fromEntries(
      Object.entries(contract.failures).map(([name, payload]) => [
        name,
        said(`failure ${name}`, () => producedBy(payload, TARGET)),
      ]),
    ),
  };
}

const TARGET = { target: 'draft-2020-12' };
