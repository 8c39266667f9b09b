import { isDeepStrictEqual } from 'node:util';
import { nullableOf, type PlainSchema } from '../../contract/index.ts';

/** Whether every value of one schema has the type that another asks for. Limits (length, range) are not compared. */
export function fits(from: PlainSchema, to: PlainSchema): boolean {
  const wanted = nullableOf(to);
  if (wanted) return from.type === 'null' || fits(nullableOf(from) ?? from, wanted);
  if (nullableOf(from)) return false;
  if (to.const !== undefined || to.enum)
    return valuesOf(from)?.every((value) => valuesOf(to)?.includes(value)) ?? false;
  if (to.anyOf || from.anyOf) return isDeepStrictEqual(from, to);
  if (from.type !== to.type && !(from.type === 'integer' && to.type === 'number')) return false;
  if (to.format !== undefined && to.format !== from.format) return false;
  if (to.type === 'array') return fits(from.items ?? {}, to.items ?? {});
  if (to.type !== 'object') return true;
  return Object.entries(to.properties ?? {}).every(([name, schema]) => {
    const given = from.properties?.[name];
    const isRequired = to.required?.includes(name) ?? false;
    if (!given) return !isRequired;
    return fits(given, schema) && (!isRequired || (from.required?.includes(name) ?? false));
  });
}

/** A schema whose values both take; undefined if there is none of a simple kind. */
export function both(one: PlainSchema, other: PlainSchema): PlainSchema | undefined {
  if (isDeepStrictEqual(one, other)) return one;
  if (one.enum && other.enum) {
    const common = one.enum.filter((value) => other.enum?.includes(value));
    return common.length > 0 ? { ...one, enum: common } : undefined;
  }
  if (one.enum ?? one.const ?? one.anyOf) return fits(one, other) ? one : undefined;
  if (other.enum ?? other.const ?? other.anyOf) return fits(other, one) ? other : undefined;
  if (one.type === 'object' && other.type === 'object') return bothObjects(one, other);
  if (one.type === 'array' && other.type === 'array') {
    const items = both(one.items ?? {}, other.items ?? {});
    return items && { ...narrowest(one, other), type: 'array', items };
  }
  const numeric = [one.type, other.type].every((type) => type === 'integer' || type === 'number');
  if (one.type !== other.type && !numeric) return undefined;
  if (one.pattern !== undefined && other.pattern !== undefined && one.pattern !== other.pattern) return undefined;
  const type = one.type === 'integer' || other.type === 'integer' ? 'integer' : one.type;
  return { ...narrowest(one, other), ...(type ? { type } : {}) };
}

function bothObjects(one: PlainSchema, other: PlainSchema): PlainSchema | undefined {
  const properties: Record<string, PlainSchema> = { ...one.properties };
  for (const [name, schema] of Object.entries(other.properties ?? {})) {
    const own = properties[name];
    const common = own ? both(own, schema) : schema;
    if (!common) return undefined;
    properties[name] = common;
  }
  return { type: 'object', properties, required: [...new Set([...(one.required ?? []), ...(other.required ?? [])])] };
}

const LOWER = ['minLength', 'minimum', 'exclusiveMinimum', 'minItems'] as const;
const UPPER = ['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems'] as const;

/** The limits of both. */
function narrowest(one: PlainSchema, other: PlainSchema): PlainSchema {
  const limits: [string, number][] = [];
  for (const [keys, pick] of [
    [LOWER, Math.max],
    [UPPER, Math.min],
  ] as const) {
    for (const key of keys) {
      const given = [one[key], other[key]].filter((value) => value !== undefined);
      if (given.length > 0) limits.push([key, pick(...given)]);
    }
  }
  return { ...one, ...other, ...Object.fromEntries(limits) };
}

const valuesOf = (schema: PlainSchema): readonly unknown[] | undefined =>
  schema.const === undefined ? schema.enum : [schema.const];
