import type { Atom } from './handler.ts';

/** What is seen of a handler while a delivery is dealt with. Empty when the handler did not run. */
export interface Seen {
  /** As the handler got it. */
  input?: unknown;
  /** Which attempt of the effect it is, by the step's record. */
  attempts?: number;
  /** Epoch milliseconds. */
  begun?: number;
  /** Epoch milliseconds; missing while the handler has not ended. */
  ended?: number;
}

/** The same atom, and what is seen of its handler from now on. */
export function observed(atom: Atom): { readonly atom: Atom; readonly seen: Seen } {
  const seen: Seen = {};
  return {
    seen,
    atom: {
      ...atom,
      handler: async (input, context) => {
        Object.assign(seen, { input, attempts: context.attempt, begun: Date.now() });
        try {
          return await atom.handler(input, context);
        } finally {
          seen.ended = Date.now();
        }
      },
    },
  };
}
