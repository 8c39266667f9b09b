import { type ChooseNode, nodesOf, type Plan, type Sequence } from '../workflow/index.ts';
import type { Variables } from './expression.ts';

/** Chooses whose value may be missing, as an optional field is: their variables are boxes. */
export function boxedIn(plan: Plan): ReadonlySet<string> {
  const mayMiss = ({ end }: Sequence): boolean =>
    end.kind === 'returns' && end.value.kind === 'reference' && end.value.otherwise === undefined;
  const chooses = [...nodesOf(plan.body)].filter((node): node is ChooseNode => node.kind === 'choose');
  return new Set(
    chooses
      .filter(({ ways, otherwise }) => ways.some(({ body }) => mayMiss(body)) || mayMiss(otherwise))
      .map(({ name }) => name),
  );
}

/** Variables as the machine names them; a state's own result has no variable yet. */
export const variables =
  (boxed: ReadonlySet<string>, own?: { readonly name: string; readonly result: string }): Variables =>
  (root) => {
    if (root === own?.name) return own.result;
    if (root === 'input') return '$states.context.Execution.Input';
    return boxed.has(root) ? `$${root}.value` : `$${root}`;
  };
