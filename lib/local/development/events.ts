import type { DefinitionChange } from './definitions.ts';
import type { PlacedOrder } from './order.ts';
import type { Tested } from './tests.ts';
import type { Mistake } from './types.ts';

/** What happens in development, in the order in which it does. Milliseconds are those since the first of the saves. */
export type DevelopmentEvent =
  /** The app is deployed; what is saved from now on goes live. */
  | { readonly event: 'ready'; readonly endpoint: string; readonly milliseconds: number }
  | { readonly event: 'changed'; readonly files: readonly string[] }
  /** Only what Lambdas do has changed: their code was replaced. */
  | { readonly event: 'live'; readonly kind: 'code'; readonly atoms: readonly string[]; readonly milliseconds: number }
  /** The app was deployed again. */
  | {
      readonly event: 'live';
      readonly kind: 'structure';
      /** Those whose definitions have changed. */
      readonly workflows: readonly string[];
      /** Those whose code has changed. */
      readonly atoms: readonly string[];
      readonly definitions: readonly DefinitionChange[];
      readonly milliseconds: number;
    }
  /** What is live is what was saved. */
  | { readonly event: 'unchanged'; readonly milliseconds: number }
  /** What was live stays. */
  | { readonly event: 'refused'; readonly reason: string; readonly milliseconds: number }
  | ({ readonly event: 'order' } & PlacedOrder)
  /** What followed on a round could not be done: an order did not come to its end. */
  | { readonly event: 'failed'; readonly reason: string }
  /** Mistakes elsewhere in the project, such as in tests, which keep nothing from going live. */
  | { readonly event: 'mistakes'; readonly mistakes: readonly Mistake[] }
  | ({ readonly event: 'tested' } & Tested)
  /** Files that take part in this command itself: it has to be started again to use them. */
  | { readonly event: 'outdated'; readonly files: readonly string[] };

export type Tell = (event: DevelopmentEvent) => void;
