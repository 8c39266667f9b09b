/** Every kind of effect that the example workflow has none of, exhaustively: whatever strikes, once, and exactly undone. */
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  compensation,
  contract,
  days,
  dependency,
  type FindableEffect,
  keyed,
  lookup,
  minutes,
  unguarded,
} from '../contract/index.ts';
import { serve } from '../runtime/index.ts';
import { workflow } from '../workflow/index.ts';
import { testWorkflow } from './index.ts';

const base = { version: '1.0.0', summary: 'For a test.' } as const;
const Trip = z.object({ trip: z.string() });
const Booked = z.object({ reference: z.string() });

/** What is booked at a house that can be asked, and how it is cancelled there. */
function bookable(house: string, effect: FindableEffect) {
  const common = { ...base, output: Booked, effect, dependency: dependency(house) };
  const book = contract({ ...common, name: `book-${house}`, input: Trip });
  const cancel = compensation(book, { ...common, name: `cancel-${house}` });
  const served = <C extends typeof book | typeof cancel>(of: C) =>
    serve(of as typeof book, {
      do: async (input, { provider }) => (await provider.post('/', input)).body,
      find: async (_, { provider, key }) => {
        const answer = await provider.get(`/${key}`, { expects: [404] });
        return answer.status === 404 ? undefined : answer.body;
      },
    });
  return { book, cancel, atoms: [served(book), served(cancel)] };
}

const seat = bookable('railway', keyed({ keyLifetime: days(1), find: true, quietAfter: minutes(1) }));
const room = bookable('hotel', lookup({ quietAfter: minutes(1) }));

const fax = contract({
  ...base,
  name: 'fax-guide',
  input: Trip,
  output: Booked,
  effect: unguarded({ duplicates: 'harmful' }),
  dependency: dependency('guide'),
});
const meal = contract({
  ...base,
  name: 'order-meal',
  input: Trip,
  output: Booked,
  failures: { SoldOut: z.object({}) },
  effect: keyed({ keyLifetime: days(1) }),
  dependency: dependency('kitchen'),
});

const bookTrip = workflow('book-trip', Trip, { version: '1.0.0', deadline: minutes(60), slo: { availability: 0.99 } })
  .step('seat', seat.book, ({ input }) => ({ trip: input.trip }), { undo: seat.cancel })
  .step('room', room.book, ({ input }) => ({ trip: input.trip }), { undo: room.cancel })
  .step('guide', fax, ({ input }) => ({ trip: input.trip }))
  .step('meal', meal, ({ input }) => ({ trip: input.trip }))
  .returns(({ meal }) => ({ reference: meal.reference }));

test('keyed and asked, asked only, neither: exact whatever strikes', async () => {
  const { schedules, never } = await testWorkflow(bookTrip, {
    atoms: [
      ...seat.atoms,
      ...room.atoms,
      serve(fax, async (input, { provider }) => (await provider.post('/', input)).body),
      serve(meal, async (input, { provider, fail }) =>
        input.trip === 'far' ? fail('SoldOut', {}) : (await provider.post('/', input)).body,
      ),
    ],
    paths: { booked: () => ({ trip: 'near' }), 'sold out': () => ({ trip: 'far' }) },
  });
  expect(schedules).toBeGreaterThan(500);
  expect(never).not.toContain('book-trip/undo-seat');
}, 120_000);
