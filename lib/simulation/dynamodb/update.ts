import type { Expression, Values } from './expression.ts';
import { type Item, type Path, read, removed, typeOf, written } from './item.ts';

/** What an update makes of an item. Where there is none, it has its key only. */
export type Update = (item: Item, values: Values) => Item;

/** One change. All of an expression are worked out from the item as it was, then made. */
interface Change {
  readonly path: Path;
  /** Undefined removes the attribute. */
  value(item: Item, values: Values): unknown;
}

type Value = (item: Item, values: Values) => unknown;

/**
 * Reads an update expression to its end.
 * @param keys the attributes that name the item, which no update may change
 * @throws AtomTestError for what DynamoDB refuses
 */
export function readUpdate(expression: Expression, keys: readonly string[]): Update {
  const changes: Change[] = [];
  while (!expression.atEnd()) changes.push(...clause(expression));
  refuseTwice(expression, changes);
  for (const { path } of changes) {
    if (keys.includes(String(path[0]))) throw expression.refuse(`"${path[0]}" is part of the item's key.`);
  }
  return (item, values) => {
    const made = changes.map((change) => ({ path: change.path, to: change.value(item, values) }));
    let next: Item = item;
    for (const { path, to } of made) {
      if (to === undefined) continue;
      const changed = written(next, path, to, next !== item);
      if (changed === undefined) throw expression.refuse(`the item has no map or list for "${path.join('.')}".`);
      next = changed as Item;
    }
    // A list's last elements first, so that the others keep their numbers.
    return made
      .filter(({ to }) => to === undefined)
      .sort((a, b) => numberIn(b.path) - numberIn(a.path))
      .reduce((changed, { path }) => removed(changed, path) as Item, next);
  };
}

const numberIn = (path: Path): number => {
  const last = path.at(-1);
  return typeof last === 'number' ? last : -1;
};

function clause(expression: Expression): readonly Change[] {
  if (expression.accepts('SET')) return list(expression, set);
  if (expression.accepts('REMOVE')) return list(expression, remove);
  if (expression.accepts('ADD')) return list(expression, add);
  expression.expects('DELETE');
  return list(expression, subtract);
}

function list(expression: Expression, read: (expression: Expression) => Change): readonly Change[] {
  const changes = [read(expression)];
  while (expression.accepts(',')) changes.push(read(expression));
  return changes;
}

function set(expression: Expression): Change {
  const path = expression.path();
  expression.expects('=');
  const left = value(expression);
  const sign = expression.accepts('+') ? 1 : expression.accepts('-') ? -1 : 0;
  if (sign === 0) return { path, value: present(expression, left) };
  const right = value(expression);
  return {
    path,
    value: (item, values) =>
      numberOf(expression, left(item, values)) + sign * numberOf(expression, right(item, values)),
  };
}

const remove = (expression: Expression): Change => ({ path: expression.path(), value: () => undefined });

function add(expression: Expression): Change {
  const path = expression.path();
  const alias = expression.value();
  return {
    path,
    value: (item, { [alias]: added }) => {
      const old = read(item, path);
      if (added instanceof Set) return new Set([...setOf(expression, old, added), ...added]);
      return (old === undefined ? 0 : numberOf(expression, old)) + numberOf(expression, added);
    },
  };
}

function subtract(expression: Expression): Change {
  const path = expression.path();
  const alias = expression.value();
  return {
    path,
    value: (item, { [alias]: taken }) => {
      if (!(taken instanceof Set)) throw expression.refuse('DELETE takes elements out of a set: give it a Set.');
      const left = [...setOf(expression, read(item, path), taken)].filter((each) => !taken.has(each));
      return left.length > 0 ? new Set(left) : undefined;
    },
  };
}

function value(expression: Expression): Value {
  if (expression.isValue()) {
    const alias = expression.value();
    return (_, values) => values[alias];
  }
  const name = expression.functionName();
  if (name === undefined) {
    const path = expression.path();
    return (item) => read(item, path);
  }
  if (name === 'if_not_exists') {
    const path = expression.path();
    expression.expects(',');
    const otherwise = value(expression);
    expression.expects(')');
    return (item, values) => {
      const found = read(item, path);
      return found === undefined ? otherwise(item, values) : found;
    };
  }
  if (name !== 'list_append') throw expression.refuse(`there is no function ${name} in an update.`);
  const first = value(expression);
  expression.expects(',');
  const second = value(expression);
  expression.expects(')');
  return (item, values) => [...listOf(expression, first(item, values)), ...listOf(expression, second(item, values))];
}

const present =
  (expression: Expression, of: Value): Value =>
  (item, values) => {
    const found = of(item, values);
    if (found === undefined) throw expression.refuse('it sets an attribute to one that the item does not have.');
    return found;
  };

function numberOf(expression: Expression, given: unknown): number {
  if (given !== undefined && typeOf(given) === 'N') return Number(given);
  throw expression.refuse(
    `it reckons with ${given === undefined ? 'an attribute that the item does not have' : JSON.stringify(given)}, which is no number.`,
  );
}

function setOf(expression: Expression, old: unknown, like: ReadonlySet<unknown>): Iterable<unknown> {
  if (old === undefined) return [];
  if (old instanceof Set && typeOf(old) === typeOf(like)) return old;
  throw expression.refuse(`the item holds ${JSON.stringify(old)} there, which is no set of such values.`);
}

function listOf(expression: Expression, given: unknown): readonly unknown[] {
  if (Array.isArray(given)) return given;
  throw expression.refuse(
    `list_append joins lists, and was given ${given === undefined ? 'nothing' : JSON.stringify(given)}.`,
  );
}

/** Two changes at one place, or at a place and inside it. */
function refuseTwice(expression: Expression, changes: readonly Change[]): void {
  const texts = changes.map(({ path }) => path.join('.'));
  const twice = texts.find((text, index) =>
    texts.some((other, at) => at !== index && (other === text || other.startsWith(`${text}.`))),
  );
  if (twice !== undefined) throw expression.refuse(`it changes "${twice}" twice.`);
}
