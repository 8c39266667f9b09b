import { type JsonSchema, nullableOf, requiredFields } from './json-schema.ts';

/**
 * A value that a schema takes, for an example: what is required, as small as allowed. Patterns are followed as far as
 * their beginning says what to write.
 * @param name of the field, which says what a text is about
 */
export function sampleOf(schema: JsonSchema, name: string): unknown {
  const inner = nullableOf(schema);
  if (inner) return sampleOf(inner, name);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return sampleOf(schema.anyOf[0] ?? {}, name);
  switch (schema.type) {
    case 'string':
      return textFor(schema, name);
    case 'integer':
    case 'number':
      return numberFor(schema);
    case 'boolean':
      return true;
    case 'array':
      return Array.from({ length: Math.max(1, schema.minItems ?? 0) }, () => sampleOf(schema.items ?? {}, name));
    case 'object':
      return Object.fromEntries(requiredFields(schema).map(([field, each]) => [field, sampleOf(each, field)]));
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

function textFor({ format = '', pattern = '', minLength = 0, maxLength = 60 }: JsonSchema, name: string): string {
  const known = FORMATS[format];
  if (known) return known;
  const start = /^\^([\w-]+)/.exec(pattern)?.[1];
  const text = start
    ? `${start}1`
    : `${name.replace(/Id$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}-1`;
  return text.padEnd(minLength, 'x').slice(0, maxLength);
}

function numberFor({ type, minimum, exclusiveMinimum, maximum, exclusiveMaximum }: JsonSchema): number {
  const above = exclusiveMinimum ?? Number.NEGATIVE_INFINITY;
  const below = exclusiveMaximum ?? Number.POSITIVE_INFINITY;
  const least = Math.max(minimum ?? 1, type === 'integer' ? Math.floor(above) + 1 : above);
  const most = Math.min(maximum ?? least, type === 'integer' ? Math.ceil(below) - 1 : below);
  const wish = Math.min(Math.max(1, least), most);
  return wish > above && wish < below ? wish : (above + below) / 2;
}
