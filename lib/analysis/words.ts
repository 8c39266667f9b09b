import type { Comparison, Expression, Path, PlanCondition } from '../workflow/index.ts';

/** Literal texts are cut to so many characters: a diagram is read at a glance. */
const LONGEST_TEXT = 40;

const OPERATORS: Readonly<Record<Comparison, string>> = {
  '=': 'is',
  '!=': 'is not',
  '<': '<',
  '<=': '≤',
  '>': '>',
  '>=': '≥',
};

/** A condition as one would say it: `risk.level is "high" or (risk.score > 50 and not input.gift is true)`. */
export function conditionInWords(condition: PlanCondition): string {
  switch (condition.kind) {
    case 'compare':
      return `${inWords(condition.left)} ${OPERATORS[condition.operator]} ${inWords(condition.right)}`;
    case 'not':
      return `not ${part(condition.condition)}`;
    default:
      return condition.conditions.map(part).join(` ${condition.kind} `);
  }
}

const part = (condition: PlanCondition): string =>
  condition.kind === 'and' || condition.kind === 'or'
    ? `(${conditionInWords(condition)})`
    : conditionInWords(condition);

/** A value as one would say it: `input.lines[0].sku`, `"high"`, `{ chargeId, total }`. */
export function inWords(expression: Expression): string {
  switch (expression.kind) {
    case 'literal':
      return literal(expression.value);
    case 'reference': {
      const path = `${expression.root}${pathInWords(expression.path)}`;
      return expression.otherwise ? `(${path}, else ${inWords(expression.otherwise)})` : path;
    }
    case 'object':
      return `{ ${expression.fields.map(([key]) => key).join(', ')} }`;
    case 'list':
      return `[${expression.items.map(inWords).join(', ')}]`;
  }
}

const pathInWords = (path: Path): string =>
  path.map((each) => (typeof each === 'number' ? `[${each}]` : `.${each}`)).join('');

function literal(value: string | number | boolean | null): string {
  if (typeof value !== 'string' || value.length <= LONGEST_TEXT) return JSON.stringify(value);
  return JSON.stringify(`${value.slice(0, LONGEST_TEXT)}…`);
}
