import { nullableOf, type PlainSchema } from '../../contract/index.ts';
import { ScaffoldError } from '../errors.ts';

/**
 * The zod schema that says the same, as source text.
 * @param where names the value in errors: `lines[].sku`
 * @throws ScaffoldError for what is not written here
 */
export function zodSource(schema: PlainSchema, where: string): string {
  const inner = nullableOf(schema);
  if (inner) return `${zodSource(inner, where)}.nullable()`;
  if (schema.const !== undefined) return `z.literal(${JSON.stringify(schema.const)})`;
  if (schema.enum) return `z.enum(${JSON.stringify(schema.enum)})`;
  if (schema.anyOf) return `z.union([${schema.anyOf.map((each) => zodSource(each, where)).join(', ')}])`;
  const write = BY_TYPE[schema.type ?? ''];
  if (write) return write(schema, where);
  throw new ScaffoldError(
    `"${where}" can be anything (${JSON.stringify(schema).slice(0, 80)}), and a workflow cannot be written around it. Say in its atom's contract what it is.`,
  );
}

const BY_TYPE: Readonly<Record<string, (schema: PlainSchema, where: string) => string>> = {
  string: text,
  integer: (schema) => `z.int()${range(schema)}`,
  number: (schema) => `z.number()${range(schema)}`,
  boolean: () => 'z.boolean()',
  null: () => 'z.null()',
  array: (schema, where) =>
    `z.array(${zodSource(schema.items ?? {}, `${where}[]`)})${count(schema.minItems, schema.maxItems)}`,
  object,
};

function object({ properties = {}, required = [], additionalProperties }: PlainSchema, where: string): string {
  if (Object.keys(properties).length === 0 && typeof additionalProperties === 'object') {
    return `z.record(z.string(), ${zodSource(additionalProperties, `${where}.*`)})`;
  }
  const fields = Object.entries(properties).map(([name, schema]) => {
    const source = zodSource(schema, where ? `${where}.${name}` : name);
    return `${JSON.stringify(name)}: ${source}${required.includes(name) ? '' : '.optional()'}`;
  });
  return `z.object({ ${fields.join(', ')} })`;
}

/** Formats that zod has a schema of its own for. */
const FORMATS: Readonly<Record<string, string>> = {
  email: 'z.email()',
  uuid: 'z.uuid()',
  uri: 'z.url()',
  'date-time': 'z.iso.datetime()',
  date: 'z.iso.date()',
};

function text({ format = '', pattern, minLength, maxLength }: PlainSchema): string {
  const known = FORMATS[format];
  if (known) return known;
  const start = /^\^([\w-]+)\.\*$/.exec(pattern ?? '')?.[1];
  const shape = start
    ? `.startsWith(${JSON.stringify(start)})`
    : pattern
      ? `.regex(new RegExp(${JSON.stringify(pattern)}))`
      : '';
  return `z.string()${count(minLength, maxLength)}${shape}`;
}

function count(least: number | undefined, most: number | undefined): string {
  if (least !== undefined && least === most) return `.length(${least})`;
  return `${least ? `.min(${least})` : ''}${most === undefined ? '' : `.max(${most})`}`;
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: PlainSchema): string {
  return [
    minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER
      ? ''
      : minimum === 0
        ? '.nonnegative()'
        : `.min(${minimum})`,
    exclusiveMinimum === undefined ? '' : exclusiveMinimum === 0 ? '.positive()' : `.gt(${exclusiveMinimum})`,
    maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? '' : `.max(${maximum})`,
    exclusiveMaximum === undefined ? '' : `.lt(${exclusiveMaximum})`,
  ].join('');
}
