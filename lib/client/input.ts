import { ContractViolation, parse, type Schema } from '../contract/index.ts';

/**
 * The JSON text of an input that keeps its schema, as an event would bring it: what is checked is what will arrive, so
 * that a value which JSON cannot carry (a date, an undefined field) is seen here and not inside the workflow.
 * @throws ContractViolation naming each place, what was received and what is allowed
 */
export async function inputText(schema: Schema<unknown, unknown>, input: unknown, workflow: string): Promise<string> {
  const what = `input of ${workflow}`;
  const text = toJson(input, what);
  await parse(schema, JSON.parse(text), what);
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BYTES) {
    throw violation(what, `expected at most ${MOST_BYTES} bytes of JSON, Step Functions' limit`, `${bytes} bytes`);
  }
  return text;
}

function toJson(input: unknown, what: string): string {
  try {
    const text = JSON.stringify(input) as string | undefined;
    if (text !== undefined) return text;
  } catch (error) {
    throw violation(what, `expected a value that JSON can carry: ${(error as Error).message}`, typeof input);
  }
  throw violation(what, 'expected a value that JSON can carry', typeof input);
}

const violation = (what: string, message: string, received: string): ContractViolation =>
  new ContractViolation(what, [{ path: '', message, received }]);

/** 256 KiB, less what `start` adds. */
const MOST_BYTES = 256 * 1_024 - 64;

/**
 * The first place where two values mean something else, as a person would write it; undefined where they mean the same,
 * however their keys are ordered.
 */
export function differenceOf(one: unknown, other: unknown, path = ''): string | undefined {
  if (Object.is(one, other) || one === other) return undefined;
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other)) return path;
  const inList = Array.isArray(one);
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const place = inList ? `${path}[${key}]` : path ? `${path}.${key}` : key;
    if (!Object.hasOwn(one, key) || !Object.hasOwn(other, key)) return place;
    const difference = differenceOf(one[key], other[key], place);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object';
