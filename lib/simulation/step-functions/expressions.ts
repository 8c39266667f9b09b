import jsonata from 'jsonata';
import type { Json } from '../../asl/index.ts';

/** What an expression sees: `$states`, and the variables of the execution. */
export interface Scope {
  readonly states: object;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Epoch milliseconds, for `$millis()`. */
  readonly now: number;
}

/** An expression failed, or gave nothing. */
export class QueryEvaluationError extends Error {
  override readonly name = 'States.QueryEvaluationError';
}

interface Parsed {
  readonly text: string;
  readonly expression: ReturnType<typeof jsonata>;
  /** There if it is a name and what is in it, and nothing more. */
  readonly path: readonly string[] | undefined;
  /** What of the scope it reads; the same there gives the same result. */
  readonly reads: readonly (readonly string[])[];
  readonly asksTime: boolean;
  readonly results: Map<string, unknown>;
}

const parsed = new Map<string, Parsed>();

/** Results that are kept of one expression before all of them are forgotten. */
const KEPT = 20_000;

/**
 * The value of a template: JSON in which strings of the form `{% … %}` are JSONata. Evaluated by the reference
 * implementation; results are remembered by all that the expression reads, for expressions have no effects.
 * @returns a promise only where something has to be evaluated, which rejects with QueryEvaluationError
 */
export function evaluate(template: Json | undefined, scope: Scope): unknown | Promise<unknown> {
  if (typeof template === 'string') return isExpression(template) ? evaluateText(template, scope) : template;
  return typeof template === 'object' && template !== null ? filled(template, scope) : template;
}

/** An object or a list of a template: what of it does not change is kept as it is. */
interface Form {
  readonly isList: boolean;
  readonly names: readonly string[];
  readonly values: readonly Json[];
  /** Whether nothing in it is an expression. */
  readonly constant: boolean;
}

/** Machines never change: each of their templates is looked through once. */
const forms = new WeakMap<object, Form>();

function formOf(template: object): Form {
  let form = forms.get(template);
  if (!form) {
    const values = Object.values(template) as readonly Json[];
    const constant = values.every((each) =>
      typeof each === 'object' && each !== null
        ? formOf(each).constant
        : typeof each !== 'string' || !isExpression(each),
    );
    form = { isList: Array.isArray(template), names: Object.keys(template), values, constant };
    forms.set(template, form);
  }
  return form;
}

function filled(template: object, scope: Scope): unknown | Promise<unknown> {
  const form = formOf(template);
  if (form.constant) return template;
  let isLate = false;
  const values = form.values.map((each) => {
    const value = evaluate(each, scope);
    isLate ||= value instanceof Promise;
    return value;
  });
  return isLate ? Promise.all(values).then((all) => made(form, all)) : made(form, values);
}

function made({ isList, names }: Form, values: readonly unknown[]): unknown {
  if (isList) return values;
  const object: Record<string, unknown> = {};
  for (let index = 0; index < names.length; index += 1) object[names[index] as string] = values[index];
  return object;
}

const isExpression = (text: string): boolean => text.startsWith('{%') && text.endsWith('%}');

/** At once if the result is remembered. */
function evaluateText(text: string, scope: Scope): unknown | Promise<unknown> {
  const { expression, path, reads, asksTime, results } = parse(text);
  const direct = path && at(path, scope);
  // Found through objects alone; what is found half way, or not at all, JSONata knows better.
  if (direct?.length === 1 && direct[0] !== null) return direct[0];
  const key = asksTime ? `${scope.now} ${keyOf(reads, scope)}` : keyOf(reads, scope);
  const known = results.get(key);
  if (known !== undefined) return known;
  return result(expression, text, scope).then((value) => {
    if (results.size >= KEPT) results.clear();
    results.set(key, value);
    return value;
  });
}

/** Most expressions read one text: that is a key by itself. */
function keyOf(reads: Parsed['reads'], scope: Scope): string {
  const found = reads.length === 1 && reads[0] ? at(reads[0], scope) : undefined;
  return found?.length === 1 && typeof found[0] === 'string'
    ? `"${found[0]}`
    : JSON.stringify(reads.map((path) => seen(at(path, scope))));
}

/** For JSONata null is a value, and what is missing is none; JSON would take both for null. */
const seen = (value: unknown): unknown => (value === undefined ? 0 : [value]);

async function result(expression: Parsed['expression'], text: string, scope: Scope): Promise<unknown> {
  let value: unknown;
  try {
    value = await expression.evaluate(undefined, {
      ...scope.variables,
      states: scope.states,
      millis: () => scope.now,
      now: () => new Date(scope.now).toISOString(),
    });
  } catch (error) {
    const { message } = error as { message?: string };
    throw new QueryEvaluationError(`The JSONata expression '${text}' threw an error: ${message}`);
  }
  // JSONata's lists are more than lists; its functions, and what 1 / 0 is, are no JSON.
  const json = isFunction(value) || isInfinite(value) ? undefined : JSON.stringify(value);
  if (json === undefined)
    throw new QueryEvaluationError(`The JSONata expression '${text}' returned nothing that is JSON.`);
  return JSON.parse(json);
}

const isFunction = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && ('_jsonata_lambda' in value || '_jsonata_function' in value);

const isInfinite = (value: unknown): boolean => typeof value === 'number' && !Number.isFinite(value);

function parse(text: string): Parsed {
  const known = parsed.get(text);
  if (known) return known;
  const code = text.slice(2, -2).trim();
  const made: Parsed = {
    text,
    expression: jsonata(code),
    path: PATH.test(code) ? code.slice(1).split('.') : undefined,
    reads: readsOf(code),
    asksTime: /\$(millis|now)\b/.test(code),
    results: new Map(),
  };
  parsed.set(text, made);
  return made;
}

/**
 * What ends a name, as JSONata's own scanner has it. A name in a text counts as read as well: then the result is
 * remembered for less than it might be.
 */
const NAME = '[^\\s.\\[\\]{}()@#;:?+\\-*/%|=<>^!~&,"\'`]';
const READ = new RegExp(`\\$states(?:\\.${NAME}+)*|\\$${NAME}+(?!${NAME}*\\()`, 'g');
const PATH = /^\$[a-z]\w*(?:\.(?!(?:true|false|null|function|and|or|in)\b)[a-z]\w*)*$/i;
/** With these a path goes back to what it came from: `%` and `@`. */
const GOES_BACK = /[%@]/;

function readsOf(code: string): readonly (readonly string[])[] {
  const names = new Set(code.match(READ) ?? []);
  return [...names].map((name) =>
    name
      .slice(1)
      .split('.')
      .slice(0, GOES_BACK.test(code) ? 1 : undefined),
  );
}

/** A value, and how far down it was found: a list half way is not the list at the end, nor is null. */
function at(path: readonly string[], { states, variables }: Scope): readonly unknown[] {
  const [root = ''] = path;
  let value: unknown = root === 'states' ? states : variables[root];
  for (let depth = 1; depth < path.length; depth += 1) {
    // JSONata maps a name over lists: then all of it is read.
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return [depth, value];
    value = (value as Record<string, unknown>)[path[depth] as string];
  }
  return value === undefined ? [] : [value];
}
