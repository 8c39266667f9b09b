import { DECLARED_PREFIX, ErrorName } from './answers.ts';
import { ENVELOPE_VERSION, type Envelope, type Settlement, type Undone, type Verb } from './envelope.ts';
import type { JsonSchema } from './schema-sides.ts';

/** A schema of an object that names each field of a type, so that none can be forgotten. */
type SchemaOf<T> = JsonSchema & {
  readonly properties: { readonly [K in keyof T]-?: JsonSchema };
  readonly required: readonly (keyof T)[];
};

const $schema = 'https://json-schema.org/draft/2020-12/schema';

const VERBS: readonly Verb[] = ['do', 'undo', 'settle'];

const envelope: SchemaOf<Envelope> = {
  $schema,
  title: 'Envelope',
  description: 'What a state machine sends to an atom: the body of a message, or the payload of a direct call.',
  type: 'object',
  properties: {
    breakwater: { const: ENVELOPE_VERSION, description: 'The protocol’s version.' },
    verb: { enum: VERBS },
    execution: {
      type: 'string',
      minLength: 1,
      description: 'Partition of the step key: <workflow>:<root execution name>.',
    },
    step: { type: 'string', minLength: 1, description: 'Sort of the step key: the step’s path.' },
    contract: { type: 'string', description: '<name>@<version> of the contract that the sender was compiled against.' },
    input: { description: 'For do only. An undo and a settle find it in the record.' },
    token: { type: 'string', description: 'Absent where nobody waits: a send, a direct call.' },
    attempt: { type: 'number', description: 'For logs only.' },
    notStartedAfter: {
      type: 'number',
      description: 'Epoch milliseconds after which no attempt begins. Absent where there is no token.',
    },
    notAfter: { type: 'number', description: 'Epoch milliseconds after which a delivery means nothing any more.' },
    correlationId: { type: 'string', description: 'One per order, for logs.' },
  },
  required: ['breakwater', 'verb', 'execution', 'step', 'contract', 'attempt', 'notAfter', 'correlationId'],
};

const settlement: SchemaOf<Settlement> = {
  $schema,
  title: 'Settlement',
  description: 'What a direct call with the verb settle returns.',
  type: 'object',
  properties: {
    happened: { enum: [true, false, 'unknown'] },
    reason: { type: 'string', description: 'For people.' },
  },
  required: ['happened', 'reason'],
};

const undone: SchemaOf<Undone> = {
  $schema,
  title: 'Undone',
  description: 'The output with which an undo answers its token.',
  type: 'object',
  properties: {
    undone: { type: 'boolean', description: 'False where there was nothing to undo.' },
    reason: { type: 'string', description: 'For people.' },
  },
  required: ['undone', 'reason'],
};

const message: JsonSchema = {
  type: 'object',
  properties: {
    message: { type: 'string', description: 'What is wrong, what was received, what to change.' },
    cut: { const: true, description: 'The cause was longer than it may be; message is its beginning.' },
  },
  required: ['message'],
};

/** An error and the JSON value of its cause. */
interface Failure {
  readonly error: string;
  readonly cause: unknown;
}

const failure: SchemaOf<Failure> = {
  $schema,
  title: 'Failure',
  description:
    'The error with which an atom fails its token, and the value whose JSON text is the cause. A declared failure’s cause is its payload, as its contract says.',
  type: 'object',
  properties: {
    error: {
      anyOf: [
        { enum: Object.values(ErrorName) },
        { type: 'string', pattern: `^${DECLARED_PREFIX.replace('.', '\\.')}[A-Z][A-Za-z0-9]{0,59}$` },
      ],
    },
    cause: {},
  },
  required: ['error', 'cause'],
  if: { properties: { error: { enum: Object.values(ErrorName) } } },
  then: { properties: { cause: message } },
};

/** The protocol between state machines and atoms as JSON Schema 2020-12, for atoms in any language. */
export const protocolSchemas = Object.freeze({ envelope, settlement, undone, failure });
