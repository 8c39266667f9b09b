import type { Expression } from '../workflow/index.ts';
import { substitute } from './expression.ts';

/** How the flow goes on behind a state. Values that are assigned on the way see the variables from before. */
export type Exit =
  | { readonly kind: 'next'; readonly state: string; readonly assign: readonly (readonly [string, Expression])[] }
  | { readonly kind: 'end'; readonly value: Expression }
  | {
      readonly kind: 'decline';
      readonly state: string;
      readonly step: string;
      readonly name: string;
      readonly payload: Expression;
    };

/** To a state, with nothing to keep. */
export const next = (state: string): Exit => ({ kind: 'next', state, assign: [] });

/** An exit on which a choose has a value. What reads it on the way gets the value itself; `kept`, also the variable. */
export function given(exit: Exit, name: string, value: Expression, kept: boolean): Exit {
  switch (exit.kind) {
    case 'end':
      return { kind: 'end', value: substitute(exit.value, name, value) };
    case 'decline':
      return { ...exit, payload: substitute(exit.payload, name, value) };
    case 'next': {
      const assign = exit.assign.map(([each, given]) => [each, substitute(given, name, value)] as const);
      return { ...exit, assign: kept ? [...assign, [name, value]] : assign };
    }
  }
}
