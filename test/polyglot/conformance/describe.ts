import { describe, expect, test } from '@jest/globals';
import type { ConformingAtom } from './atom.ts';
import { type ConformanceCase, conformanceCases } from './case.ts';
import { play } from './play.ts';
import type { ConformanceStage } from './stage.ts';

/**
 * Checks an atom with every case that is for its level, a test each.
 * @param atom asked when the tests run: names of what was deployed are known by then
 */
export function describeConformance(
  name: string,
  traits: Pick<ConformingAtom, 'level'> & { readonly has: readonly ConformanceCase['needs'][] },
  atom: () => ConformingAtom,
  stage: () => ConformanceStage,
): void {
  const fitting = conformanceCases.filter(
    ({ levels, needs }) => levels.includes(traits.level) && (needs === undefined || traits.has.includes(needs)),
  );
  describe(name, () => {
    test.each(fitting.map((each) => [each.name, each] as const))('%s', async (_, conformanceCase) => {
      expect(await play(conformanceCase, atom(), stage())).toEqual([]);
    });
  });
}
