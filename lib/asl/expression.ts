import type { Expression, Path, PlanCondition } from '../workflow/index.ts';
import type { Json } from './states.ts';

/** JSONata text of a variable, by the name under which the plan refers to it. */
export type Variables = (root: string) => string;

/**
 * A value as a state machine takes it: plain JSON where all is known, else one JSONata expression. One expression and
 * not one a leaf, because a missing value then only drops its key: a leaf that evaluates to nothing would fail the
 * state (States.QueryEvaluationError) before the atom could say what is missing.
 */
export function toJson(expression: Expression, variables: Variables): Json {
  if (isLiteral(expression)) return literalJson(expression);
  const text = toJsonata(expression, variables);
  const mayMiss = expression.kind === 'reference' && expression.otherwise === undefined;
  return wrapped(mayMiss ? `$exists(${text}) ? ${text} : null` : text);
}

/** `{% … %}` */
export const wrapped = (jsonata: string): string => `{% ${jsonata} %}`;

/** JSONata text. Total: whatever the variables hold, evaluating it throws nothing. */
export function toJsonata(expression: Expression, variables: Variables): string {
  switch (expression.kind) {
    case 'literal':
      return quoted(expression.value);
    case 'list':
      return listText(expression.items, variables);
    case 'object':
      return `{${expression.fields.map(([key, value]) => `${quoted(key)}: ${toJsonata(value, variables)}`).join(', ')}}`;
    case 'reference': {
      const text = `${variables(expression.root)}${pathText(expression.path)}`;
      return expression.otherwise === undefined
        ? text
        : `($exists(${text}) ? ${text} : ${toJsonata(expression.otherwise, variables)})`;
    }
  }
}

/** A condition as JSONata that gives true or false for all values: a Choice has no Catch. */
export function conditionText(condition: PlanCondition, variables: Variables): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return `(${condition.conditions.map((each) => conditionText(each, variables)).join(` ${condition.kind} `)})`;
    case 'not':
      return `$not(${conditionText(condition.condition, variables)})`;
    case 'compare': {
      const left = toJsonata(condition.left, variables);
      const right = toJsonata(condition.right, variables);
      if (condition.operator === '=') return `${left} = ${right}`;
      if (condition.operator === '!=') return `$not(${left} = ${right})`; // JSONata's != is false where a side is missing
      const text = `${left} ${condition.operator} ${right}`;
      // Ordering throws for anything but two numbers; a conditional, unlike "and", is lazy in every JSONata.
      const unsure = [condition.left, condition.right].filter((each) => each.kind !== 'literal');
      return unsure.reduce(
        (guarded, each) => `($type(${toJsonata(each, variables)}) = 'number' ? ${guarded} : false)`,
        text,
      );
    }
  }
}

/** Replaces a variable by what it will hold: the expressions of one Assign all see the values from before it. */
export function substitute(expression: Expression, name: string, value: Expression): Expression {
  switch (expression.kind) {
    case 'literal':
      return expression;
    case 'list':
      return { kind: 'list', items: expression.items.map((item) => substitute(item, name, value)) };
    case 'object':
      return {
        kind: 'object',
        fields: expression.fields.map(([key, each]) => [key, substitute(each, name, value)] as const),
      };
    case 'reference': {
      if (expression.root !== name) return expression;
      const found = select(value, expression.path);
      if (found?.kind !== 'reference') return found ?? expression.otherwise ?? ABSENT;
      const otherwise = found.otherwise ?? expression.otherwise;
      return otherwise === undefined ? found : { ...found, otherwise };
    }
  }
}

/** An expression that gives nothing, so that its key is dropped. */
const ABSENT: Expression = Object.freeze({ kind: 'reference', root: 'input', path: Object.freeze(['~absent']) });

/** The names of the variables that an expression reads. */
export function* rootsOf(expression: Expression): Generator<string> {
  if (expression.kind === 'reference') {
    yield expression.root;
    if (expression.otherwise) yield* rootsOf(expression.otherwise);
  }
  if (expression.kind === 'list') for (const item of expression.items) yield* rootsOf(item);
  if (expression.kind === 'object') for (const [, value] of expression.fields) yield* rootsOf(value);
}

export function* rootsOfCondition(condition: PlanCondition): Generator<string> {
  if (condition.kind === 'compare') {
    yield* rootsOf(condition.left);
    yield* rootsOf(condition.right);
  } else if (condition.kind === 'not') yield* rootsOfCondition(condition.condition);
  else for (const each of condition.conditions) yield* rootsOfCondition(each);
}

function select(value: Expression, path: Path): Expression | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (value.kind === 'reference') return { ...value, path: [...value.path, ...path] };
  if (value.kind === 'object') {
    const field = value.fields.find(([name]) => name === key);
    return field && select(field[1], rest);
  }
  const item = value.kind === 'list' && typeof key === 'number' ? value.items[key] : undefined;
  return item && select(item, rest);
}

/** A JSONata string in single quotes, which need no escape in JSON, unless it has one inside. */
export function quoted(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const escaped = JSON.stringify(value)
    .replaceAll('%}', '\\u0025}')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
  return value.includes("'") ? escaped : `'${escaped.slice(1, -1).replaceAll('\\"', '"')}'`;
}

/**
 * JSONata's list constructor merges lists that its items give, and leaves out what is missing. So items that are only
 * known at run time become lists of one, a missing one null, and the lists are appended.
 */
function listText(items: readonly Expression[], variables: Variables): string {
  if (items.every(isConstructor)) {
    return `[${items.map((item) => toJsonata(item, variables)).join(', ')}]`;
  }
  return items
    .map((item) => {
      const text = toJsonata(item, variables);
      if (isConstructor(item)) return `[${text}]`;
      if (item.kind === 'list') return `[[${text}]]`;
      return `($exists(${text}) ? ($type(${text}) = 'array' ? [[${text}]] : [${text}]) : [null])`;
    })
    .reduce((list, item) => `$append(${list}, ${item})`, '[]');
}

/** Whether an item's text is a constructor, which JSONata keeps as one item. */
const isConstructor = (item: Expression): boolean =>
  item.kind === 'list' ? item.items.every(isConstructor) : item.kind !== 'reference';

const OPERATORS = new Set(['and', 'or', 'in', 'true', 'false', 'null', 'function']);

const pathText = (path: Path): string =>
  path
    .map((key) =>
      typeof key === 'number'
        ? `[${key}]`
        : /^[A-Za-z_]\w*$/.test(key) && !OPERATORS.has(key)
          ? `.${key}`
          : `.\`${key}\``,
    )
    .join('');

function isLiteral(expression: Expression): boolean {
  if (expression.kind === 'literal')
    return !(typeof expression.value === 'string' && expression.value.startsWith('{%'));
  if (expression.kind === 'list') return expression.items.every(isLiteral);
  return expression.kind === 'object' && expression.fields.every(([, value]) => isLiteral(value));
}

function literalJson(expression: Expression): Json {
  if (expression.kind === 'literal') return expression.value;
  if (expression.kind === 'list') return expression.items.map(literalJson);
  if (expression.kind === 'object')
    return Object.fromEntries(expression.fields.map(([key, value]) => [key, literalJson(value)]));
  throw new TypeError(`A reference to ${expression.root} is no literal.`);
}
