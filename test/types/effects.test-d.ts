/** Checked by the compiler, never run; see workflow.test-d.ts. An atom is served as its contract's effect asks for. */
import * as z from 'zod';
import { contract, days, type Effect, keyed, lookup, minutes, seconds, unguarded } from '../../lib/contract/index.ts';
import { serve } from '../../lib/runtime/index.ts';

const definition = {
  name: 'book-shipment',
  version: '1.0.0',
  summary: 'Books a shipment.',
  input: z.object({ weight: z.int(), day: z.iso.date().transform((text) => new Date(text)) }),
  output: z.object({ shipmentId: z.string() }),
  failures: { NoCarrier: z.object({ country: z.string() }) },
};
const lookedUp = contract({ ...definition, effect: lookup({ quietAfter: seconds(30) }) });
const findable = contract({
  ...definition,
  effect: keyed({ keyLifetime: days(1), find: true, quietAfter: minutes(1) }),
});
const plain = contract({ ...definition, effect: keyed({ keyLifetime: days(1) }) });
const harmful = contract({ ...definition, effect: unguarded({ duplicates: 'harmful' }) });

const done = { shipmentId: 's' };

// ---------- with find, where the effect can be found ----------
serve(lookedUp, { do: () => done, find: () => undefined });
serve(findable, { do: ({ weight }) => ({ shipmentId: `${weight}` }), find: async () => done });
// … which gets what the handler gets, and gives what it gives
serve(lookedUp, {
  do: () => done,
  find: ({ weight, day }, { key, provider, fail }) => {
    const since: Date = day;
    if (weight > 1) return fail('NoCarrier', { country: `${since}` });
    return provider.get(`/shipments/${key}`).then(({ body }) => body);
  },
});
// @ts-expect-error it has to be asked
serve(lookedUp, () => done);
// @ts-expect-error it has to be asked
serve(findable, () => done);
// @ts-expect-error something has to be done, too
serve(lookedUp, { find: () => undefined });
// @ts-expect-error nothing found is undefined
serve(lookedUp, { do: () => done, find: () => null });
// @ts-expect-error what is found is the output
serve(lookedUp, { do: () => done, find: () => ({ id: 's' }) });
// @ts-expect-error no such failure is declared
serve(lookedUp, { do: () => done, find: (_, { fail }) => fail('Stolen', {}) });
// @ts-expect-error the input is the contract's
serve(lookedUp, { do: () => done, find: ({ size }) => (size ? done : undefined) });

// ---------- without, where it cannot ----------
serve(plain, () => done);
serve(harmful, () => done);
// @ts-expect-error its contract says nothing of finding
serve(plain, { do: () => done, find: () => undefined });
// @ts-expect-error nobody can be asked
serve(harmful, { do: () => done, find: () => undefined });

// ---------- effects ----------
export const effects: readonly Effect[] = [lookedUp.effect, findable.effect, plain.effect, harmful.effect];
// @ts-expect-error when is the provider quiet?
lookup({});
// @ts-expect-error when is the provider quiet?
keyed({ keyLifetime: days(1), find: true });
// @ts-expect-error that is of what can be found
keyed({ keyLifetime: days(1), quietAfter: seconds(1) });
// @ts-expect-error harmful or harmless
unguarded({ duplicates: 'never' });

// ---------- preconditions ----------
contract({
  ...definition,
  effect: unguarded({ duplicates: 'harmless' }),
  preconditions: { inFuture: { holds: ({ day }) => day.getTime() > 0, otherwise: 'Book a later day.' } },
});
contract({
  ...definition,
  effect: unguarded({ duplicates: 'harmless' }),
  // @ts-expect-error the input is the contract's
  preconditions: { isSmall: { holds: ({ size }) => size < 1, otherwise: 'Send less.' } },
});
contract({
  ...definition,
  effect: unguarded({ duplicates: 'harmless' }),
  // @ts-expect-error people are told something
  preconditions: { isLight: { holds: ({ weight }) => weight < 1 } },
});
