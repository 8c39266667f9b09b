import { isDeepStrictEqual } from 'node:util';
import type { Expression, Values } from './expression.ts';
import { type Item, read, typeOf } from './item.ts';

/** Whether an item is as an expression says. Where there is no item, every attribute is missing. */
export type Condition = (item: Item, values: Values) => boolean;

type Operand = (item: Item, values: Values) => unknown;

/** Reads a condition, key condition or filter expression to its end. @throws AtomTestError for what DynamoDB refuses */
export function readCondition(expression: Expression): Condition {
  const condition = anyOf(expression);
  expression.ends();
  return condition;
}

function anyOf(expression: Expression): Condition {
  const conditions = [allOf(expression)];
  while (expression.accepts('OR')) conditions.push(allOf(expression));
  return (item, values) => conditions.some((holds) => holds(item, values));
}

function allOf(expression: Expression): Condition {
  const conditions = [one(expression)];
  while (expression.accepts('AND')) conditions.push(one(expression));
  return (item, values) => conditions.every((holds) => holds(item, values));
}

function one(expression: Expression): Condition {
  if (expression.accepts('NOT')) {
    const negated = one(expression);
    return (item, values) => !negated(item, values);
  }
  if (expression.accepts('(')) {
    const inner = anyOf(expression);
    expression.expects(')');
    return inner;
  }
  const name = expression.functionName();
  if (name === undefined) return comparison(expression, operand(expression));
  if (name === 'size') return comparison(expression, size(expression));
  const make = FUNCTIONS[name];
  if (!make) throw expression.refuse(`there is no function ${name} in a condition.`);
  const condition = make(expression);
  expression.expects(')');
  return condition;
}

const FUNCTIONS: Readonly<Record<string, (expression: Expression) => Condition>> = {
  attribute_exists: (expression) => {
    const path = expression.path();
    return (item) => read(item, path) !== undefined;
  },
  attribute_not_exists: (expression) => {
    const path = expression.path();
    return (item) => read(item, path) === undefined;
  },
  attribute_type: (expression) => {
    const [value, type] = two(expression);
    return (item, values) => value(item, values) !== undefined && typeOf(value(item, values)) === type(item, values);
  },
  begins_with: (expression) => {
    const [value, start] = two(expression);
    return (item, values) =>
      String(value(item, values) ?? '').startsWith(String(start(item, values))) && typeOf(value(item, values)) === 'S';
  },
  contains: (expression) => {
    const [whole, part] = two(expression);
    return (item, values) => holds(whole(item, values), part(item, values));
  },
};

function two(expression: Expression): readonly [Operand, Operand] {
  const first = operand(expression);
  expression.expects(',');
  return [first, operand(expression)];
}

function operand(expression: Expression): Operand {
  if (expression.isValue()) {
    const alias = expression.value();
    return (_, values) => values[alias];
  }
  const name = expression.functionName();
  if (name === 'size') return size(expression);
  if (name !== undefined) throw expression.refuse(`${name} gives no value to compare.`);
  const path = expression.path();
  return (item) => read(item, path);
}

/** Behind its opening bracket. */
function size(expression: Expression): Operand {
  const path = expression.path();
  expression.expects(')');
  return (item) => sizeOf(read(item, path));
}

function comparison(expression: Expression, left: Operand): Condition {
  const sign = expression.comparator();
  if (sign) {
    const right = operand(expression);
    return (item, values) => compares(left(item, values), sign, right(item, values));
  }
  if (expression.accepts('BETWEEN')) {
    const low = operand(expression);
    expression.expects('AND');
    const high = operand(expression);
    return (item, values) =>
      compares(left(item, values), '>=', low(item, values)) && compares(left(item, values), '<=', high(item, values));
  }
  expression.expects('IN');
  expression.expects('(');
  const choices = [operand(expression)];
  while (expression.accepts(',')) choices.push(operand(expression));
  expression.expects(')');
  return (item, values) => choices.some((choice) => compares(left(item, values), '=', choice(item, values)));
}

/** Values of two types are different, and in no order. */
function compares(left: unknown, sign: string, right: unknown): boolean {
  if (sign === '<>') return !isDeepStrictEqual(left, right);
  if (left === undefined || right === undefined || typeOf(left) !== typeOf(right)) return false;
  if (sign === '=') return isDeepStrictEqual(left, right);
  const order = orderOf(left, right);
  if (order === undefined) return false;
  return sign === '<' ? order < 0 : sign === '<=' ? order <= 0 : sign === '>' ? order > 0 : order >= 0;
}

/** Below 0 when the first comes before the second. Only numbers, texts (by their bytes) and binaries have an order. */
export function orderOf(left: unknown, right: unknown): number | undefined {
  const type = typeOf(left);
  if (type === 'N') return Number(left) - Number(right);
  if (type === 'S') return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)));
  return type === 'B' ? Buffer.compare(left as Uint8Array, right as Uint8Array) : undefined;
}

function holds(whole: unknown, part: unknown): boolean {
  if (typeof whole === 'string') return typeof part === 'string' && whole.includes(part);
  if (whole instanceof Set) return whole.has(part);
  return Array.isArray(whole) && whole.some((each) => isDeepStrictEqual(each, part));
}

function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Set) return value.size;
  if (Array.isArray(value)) return value.length;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  return value !== null && typeof value === 'object' ? Object.keys(value).length : undefined;
}
