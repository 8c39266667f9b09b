import { WorkflowError } from './errors.ts';
import type { Comparison, Condition as PlanCondition } from './plan.ts';
import type { Leaf, Reference } from './references.ts';
import { capture } from './template.ts';

/** Something that holds or not when the workflow runs; only `choose` can ask it. */
export interface Condition {
  readonly condition: PlanCondition;
}

type Operand<T> = Reference<T> | T;

const compare =
  (operator: Comparison) =>
  (left: unknown, right: unknown): Condition => ({
    condition: Object.freeze({
      kind: 'compare',
      left: capture(left, 'left'),
      operator,
      right: capture(right, 'right'),
    }),
  });

/** @example ({ risk }) => equals(risk.level, 'high') */
export const equals: <T extends Leaf>(left: Reference<T>, right: Operand<NoInfer<T>>) => Condition = compare('=');
export const differs: <T extends Leaf>(left: Reference<T>, right: Operand<NoInfer<T>>) => Condition = compare('!=');
export const lessThan: (left: Reference<number>, right: Operand<number>) => Condition = compare('<');
export const atMost: (left: Reference<number>, right: Operand<number>) => Condition = compare('<=');
export const greaterThan: (left: Reference<number>, right: Operand<number>) => Condition = compare('>');
export const atLeast: (left: Reference<number>, right: Operand<number>) => Condition = compare('>=');

export const and = (...all: readonly [Condition, ...Condition[]]): Condition => joined('and', all);
export const or = (...any: readonly [Condition, ...Condition[]]): Condition => joined('or', any);
export const not = ({ condition }: Condition): Condition => ({ condition: Object.freeze({ kind: 'not', condition }) });

function joined(kind: 'and' | 'or', parts: readonly Condition[]): Condition {
  if (parts.length === 0) throw new WorkflowError(`${kind}() joins at least one condition.`);
  return { condition: Object.freeze({ kind, conditions: Object.freeze(parts.map((part) => part.condition)) }) };
}
