import { WorkflowError } from './errors.ts';
import type { Expression } from './plan.ts';
import { pathOf } from './references.ts';

/** A literal larger than this does not belong into a state machine's definition. */
const LARGEST_LITERAL = 32 * 1024;

/**
 * Turns what a user wrote into plain frozen data.
 * @param where names the value in errors: `input of step "stock"`
 * @throws WorkflowError with the path of what would not survive the trip through JSON
 */
export function capture(template: unknown, where: string): Expression {
  const expression = captured(template, where, new Set());
  const size = JSON.stringify(expression).length;
  if (size > LARGEST_LITERAL) {
    throw new WorkflowError(`${where} is ${size} characters long; at most ${LARGEST_LITERAL}. Let an atom look it up.`);
  }
  return expression;
}

function captured(template: unknown, path: string, within: ReadonlySet<object>): Expression {
  const found = pathOf(template);
  if (found) {
    const { root, path: steps, otherwise } = found;
    return Object.freeze({
      kind: 'reference',
      root,
      path: Object.freeze([...steps]),
      ...(otherwise === undefined ? {} : { otherwise: captured(otherwise, path, within) }),
    });
  }
  if (template === null || typeof template === 'string' || typeof template === 'boolean') {
    return Object.freeze({ kind: 'literal', value: template });
  }
  if (typeof template === 'number') {
    if (Number.isFinite(template)) return Object.freeze({ kind: 'literal', value: template });
    throw refused(path, String(template), 'JSON knows finite numbers only.');
  }
  if (typeof template !== 'object') throw refused(path, typeof template, 'Leave the key out, or write a JSON value.');
  if (within.has(template)) throw refused(path, 'a value that contains itself', 'Write out the part that is needed.');
  const inside = new Set([...within, template]);
  if (Array.isArray(template)) {
    const items = template.map((item, index) => captured(item, `${path}[${index}]`, inside));
    return Object.freeze({ kind: 'list', items: Object.freeze(items) });
  }
  if (Object.getPrototypeOf(template) !== Object.prototype && Object.getPrototypeOf(template) !== null) {
    throw refused(path, `a ${template.constructor.name}`, 'Write plain objects, lists, strings and numbers.');
  }
  const fields = Object.entries(template).map(
    ([key, value]) => Object.freeze([key, captured(value, `${path}.${key}`, inside)]) as readonly [string, Expression],
  );
  return Object.freeze({ kind: 'object', fields: Object.freeze(fields) });
}

const refused = (path: string, received: string, allowed: string): WorkflowError =>
  new WorkflowError(`${path} is ${received}, which a state machine cannot carry. ${allowed}`);
