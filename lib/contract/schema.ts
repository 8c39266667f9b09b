import type { StandardSchemaV1 } from '@standard-schema/spec';
import { ContractViolation, type Issue } from './errors.ts';

/** A schema of any library that speaks Standard Schema (zod, valibot, arktype): what goes in, what comes out. */
export type Schema<Input = unknown, Output = Input> = StandardSchemaV1<Input, Output>;

export type Checked<T> =
  | { readonly valid: true; readonly value: T }
  | { readonly valid: false; readonly issues: readonly Issue[] };

/** Checks a value against a schema; never throws for a wrong value. */
export async function check<T>(schema: Schema<unknown, T>, value: unknown): Promise<Checked<T>> {
  const result = await schema['~standard'].validate(value);
  if (!result.issues) return { valid: true, value: result.value };
  return { valid: false, issues: result.issues.map((issue) => describeIssue(issue, value)) };
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

function describeIssue(issue: StandardSchemaV1.Issue, value: unknown): Issue {
  const keys = (issue.path ?? []).map((each) => (typeof each === 'object' ? each.key : each));
  const path = keys.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text ? `${text}.${String(key)}` : String(key)),
    '',
  );
  const found = keys.reduce<unknown>(
    (each, key) =>
      each !== null && typeof each === 'object' ? (each as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
  return { path, message: issue.message, received: (JSON.stringify(found) ?? 'nothing').slice(0, 120) };
}
