import type { StandardSchemaV1 } from '@standard-schema/spec';
import { ContractViolation, type Issue } from './errors.ts';
import { MASK } from './personal.ts';
import { personalDataOf } from './personal-data.ts';
import { textMask } from './personal-text.ts';
import type { Schema } from './schema.ts';

export type Checked<T> =
  | { readonly valid: true; readonly value: T }
  | { readonly valid: false; readonly issues: readonly Issue[] };

/** Checks a value against a schema; never throws for a wrong value. */
export async function check<T>(schema: Schema<unknown, T>, value: unknown): Promise<Checked<T>> {
  const result = await schema['~standard'].validate(value);
  if (!result.issues) return { valid: true, value: result.value };
  return { valid: false, issues: described(schema, result.issues, value) };
}

/**
 * Checks a value and returns what the schema made of it.
 * @param what names the value in the error, e.g. `input of charge-payment@1.0.0`
 * @throws ContractViolation with every issue
 */
export async function parse<T>(schema: Schema<unknown, T>, value: unknown, what: string): Promise<T> {
  const checked = await check(schema, value);
  if (!checked.valid) throw new ContractViolation(what, checked.issues);
  return checked.value;
}

/** What is marked as personal data is not in what is told of a value. */
function described(schema: Schema, issues: readonly StandardSchemaV1.Issue[], value: unknown): readonly Issue[] {
  const data = personalDataOf(schema);
  if (!data.any) return issues.map((issue) => describeIssue(issue, value, value));
  const values = data.valuesOf(value);
  const mask = textMask(values, data.names);
  const masked = data.masked(value);
  return issues.map((issue) => {
    const { path, message, received } = describeIssue(issue, value, masked);
    return { path: mask(path), message: mask(message), received: textMask(values)(received) };
  });
}

function describeIssue(issue: StandardSchemaV1.Issue, value: unknown, shown: unknown): Issue {
  const keys = (issue.path ?? []).map((each) => (typeof each === 'object' ? each.key : each));
  const path = keys.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text ? `${text}.${String(key)}` : String(key)),
    '',
  );
  // What is marked as a whole is masked as a whole: then there is nothing at the path, though something was received.
  const found = at(shown, keys) === undefined && at(value, keys) !== undefined ? MASK : at(shown, keys);
  return { path, message: issue.message, received: (JSON.stringify(found) ?? 'nothing').slice(0, 120) };
}

const at = (value: unknown, keys: readonly PropertyKey[]): unknown =>
  keys.reduce<unknown>(
    (each, key) =>
      each !== null && typeof each === 'object' ? (each as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
