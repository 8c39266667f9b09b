import type { JsonSchema } from './schema-sides.ts';

/** A schema as data: the keywords that are read here, each in one way to write it. */
export interface PlainSchema {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly PlainSchema[];
  readonly items?: PlainSchema;
  readonly prefixItems?: readonly PlainSchema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, PlainSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: PlainSchema | boolean;
}

/** A JSON Schema in that one way: every choice as `anyOf`, and without the version. */
export const plainSchemaOf = (schema: JsonSchema): PlainSchema => plainly(schema as RawSchema);

/** As libraries write it: several types in a list, and choices under another name. */
interface RawSchema extends Omit<PlainSchema, 'type'> {
  readonly $schema?: string;
  readonly type?: string | readonly string[];
  readonly oneOf?: readonly PlainSchema[];
}

function plainly({ $schema, type, oneOf, ...rest }: RawSchema): PlainSchema {
  if (typeof type === 'object') {
    return { anyOf: type.map((each) => plainly(each === 'null' ? { type: each } : { ...rest, type: each })) };
  }
  const { anyOf = oneOf, items, prefixItems, properties, additionalProperties, ...others } = rest;
  const inner = (schema: PlainSchema): PlainSchema => plainly(schema as RawSchema);
  return {
    ...others,
    ...(type === undefined ? {} : { type }),
    ...(anyOf ? { anyOf: anyOf.map(inner) } : {}),
    ...(items ? { items: inner(items) } : {}),
    ...(prefixItems ? { prefixItems: prefixItems.map(inner) } : {}),
    ...(properties
      ? { properties: Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, inner(each)])) }
      : {}),
    ...(typeof additionalProperties === 'object' ? { additionalProperties: inner(additionalProperties) } : {}),
  };
}

/** What to write where a schema leaves it open. */
export interface SampleOptions {
  /** Writes a text that has no format. Made of the field's name when left out. */
  readonly textOf?: (schema: PlainSchema, name: string) => string;
  /** How many elements a list has where none need be: 1 when left out. */
  readonly elements?: 0 | 1;
}

/**
 * A value that a schema takes, for an example: what is required, as small as allowed. Patterns are followed as far as
 * their beginning says what to write.
 * @param name of the field, which says what a text is about
 */
export function sampleOf(schema: PlainSchema, name: string, options: SampleOptions = {}): unknown {
  const { textOf = textFor, elements = 1 } = options;
  const inner = nullableOf(schema);
  if (inner) return sampleOf(inner, name, options);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return sampleOf(schema.anyOf[0] ?? {}, name, options);
  switch (schema.type) {
    case 'string':
      return FORMATS[schema.format ?? ''] ?? textOf(schema, name);
    case 'integer':
    case 'number':
      return numberFor(schema);
    case 'boolean':
      return true;
    case 'array': {
      const { prefixItems = [], items = {}, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
      const length = prefixItems.length || Math.min(elements, maxItems);
      return Array.from({ length: Math.max(length, minItems) }, (_, index) =>
        sampleOf(prefixItems[index] ?? items, name, options),
      );
    }
    case 'object':
      return Object.fromEntries(requiredFields(schema).map(([field, each]) => [field, sampleOf(each, field, options)]));
    default:
      return null;
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  email: 'ann@example.com',
  uuid: '0f5a1f3e-7c1d-4c8e-9b6a-2d4f8a1c3e5b',
  uri: 'https://example.com/',
  'date-time': '2027-01-31T12:00:00Z',
  date: '2027-01-31',
};

function textFor({ pattern = '', minLength = 0, maxLength = 60 }: PlainSchema, name: string): string {
  const start = /^\^([\w-]+)/.exec(pattern)?.[1];
  const text = start
    ? `${start}1`
    : `${name.replace(/Id$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}-1`;
  return text.padEnd(minLength, 'x').slice(0, maxLength);
}

function numberFor({ type, minimum, exclusiveMinimum, maximum, exclusiveMaximum }: PlainSchema): number {
  const above = exclusiveMinimum ?? Number.NEGATIVE_INFINITY;
  const below = exclusiveMaximum ?? Number.POSITIVE_INFINITY;
  const least = Math.max(minimum ?? above, type === 'integer' ? Math.floor(above) + 1 : above);
  const most = Math.min(maximum ?? below, type === 'integer' ? Math.ceil(below) - 1 : below);
  const wish = Math.min(Math.max(1, least), most);
  if (wish > above && wish < below) return wish;
  if (!Number.isFinite(above)) return below - 1;
  return Number.isFinite(below) ? (above + below) / 2 : above + 1;
}

/** Fields that must be there, with their schemas. */
export const requiredFields = ({
  properties = {},
  required = [],
}: PlainSchema): readonly (readonly [string, PlainSchema])[] =>
  required.flatMap((name) => (properties[name] ? [[name, properties[name]] as const] : []));

/** `T | null` → T; undefined for anything else. */
export function nullableOf({ anyOf }: PlainSchema): PlainSchema | undefined {
  const others = anyOf?.filter(({ type }) => type !== 'null') ?? [];
  return anyOf && others.length === 1 && others.length < anyOf.length ? others[0] : undefined;
}
