import { WorkflowError } from './errors.ts';
import type { Path } from './plan.ts';

declare const value: unique symbol;

/** Stands for a value of type T that exists only when the workflow runs. */
export interface Reference<T> {
  readonly [value]: T;
}

export type Leaf = string | number | boolean | null | undefined;

/**
 * A reference whose fields are references. A field of something optional is optional itself, and an element of a list
 * may be missing: `orElse` says what holds then.
 */
export type Ref<T> = Reference<T> & Fields<Exclude<T, undefined>, T extends undefined ? undefined : never>;

type Fields<T, Missing> = T extends Leaf
  ? unknown
  : T extends readonly (infer Element)[]
    ? { /** One element; it may be missing. */ at(index: number): Ref<Element | undefined> }
    : { readonly [K in keyof T]-?: Ref<T[K] | Missing> };

/** References to the input and to the outputs of the steps so far, by name. */
export type Refs<Scope> = { readonly [K in keyof Scope]: Ref<Scope[K]> };

/** A value of type T written with references in the place of what is not known yet. */
export type Template<T> = Reference<T> | Shape<T>;

type Shape<T> = T extends Leaf
  ? T
  : T extends readonly (infer Element)[]
    ? readonly Template<Element>[]
    : { readonly [K in keyof T]: Template<T[K]> };

/** The type of the value that a template gives. */
export type Resolved<T> =
  T extends Reference<infer V>
    ? V
    : T extends Leaf
      ? T
      : T extends readonly (infer Element)[]
        ? Resolved<Element>[]
        : { -readonly [K in keyof T]: Resolved<T[K]> };

export interface ReferencePath {
  /** The variable: `input` or a step's name. */
  readonly root: string;
  readonly path: Path;
  /** What holds when the value is missing. */
  readonly otherwise?: unknown;
}

/**
 * Asked for under this key, a reference tells its path. It is the same in every copy of this module: an app may hold
 * one as ES module and one as CommonJS.
 */
const PATH = Symbol.for('breakwater.reference');

/** A reference that records the path by which it is read, and refuses to be taken for a value. */
export function reference<T>(root: string, path: Path = [], otherwise?: unknown): Ref<T> {
  const found: ReferencePath = { root, path, ...(otherwise === undefined ? {} : { otherwise }) };
  return new Proxy(CALLABLE, {
    apply: (_, __, [index]: readonly unknown[]) => {
      if (path.at(-1) !== 'at' || !Number.isInteger(index)) throw coerced(root, path, 'a call');
      return reference(root, [...path.slice(0, -1), index as number]);
    },
    get: (_, key) => {
      if (key === PATH) return found;
      if (typeof key === 'symbol' || COERCIONS.has(key)) throw coerced(root, path, String(key));
      if (key.includes('`'))
        throw new WorkflowError(`A field named ${key} cannot be read: JSONata has no way to write a backtick.`);
      return reference(root, [...path, key]);
    },
    has: () => {
      throw coerced(root, path, 'the operator "in"');
    },
    ownKeys: () => {
      throw coerced(root, path, 'spread or enumeration');
    },
  }) as unknown as Ref<T>;
}

/**
 * A function, so that `lines.at(0)` can be told from a field called `at`. Without a name and a length of its own: a proxy
 * could not give anything else for them, and fields are called so.
 */
const CALLABLE = () => undefined;
for (const own of ['name', 'length']) Reflect.deleteProperty(CALLABLE, own);
Object.freeze(CALLABLE);

/** The recorded path of a reference, or undefined for any other value. */
export const pathOf = (candidate: unknown): ReferencePath | undefined =>
  candidate !== null && (typeof candidate === 'object' || typeof candidate === 'function')
    ? (candidate as { readonly [PATH]?: ReferencePath })[PATH]
    : undefined;

/**
 * The value, or another where it is missing.
 * @example ({ input }) => ({ note: orElse(input.note, '') })
 */
export function orElse<T extends Leaf>(
  optional: Reference<T>,
  otherwise: Exclude<T, undefined>,
): Ref<Exclude<T, undefined>> {
  const found = pathOf(optional);
  if (!found) throw new WorkflowError('orElse takes a reference, such as orElse(input.note, "").');
  return reference(found.root, found.path, otherwise);
}

/** What JavaScript reads when a value is coerced: none of it can be known before the workflow runs. */
const COERCIONS = new Set(['then', 'toString', 'valueOf', 'toJSON']);

function coerced(root: string, path: Path, how: string): WorkflowError {
  return new WorkflowError(
    `${[root, ...path].join('.')} exists only when the workflow runs, and was used here as a value (${how}). ` +
      'Pass it on as it is; compare it with equals(…) or greaterThan(…) in choose; give a default with orElse(…).',
  );
}
