import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { tinySimulation } from '../../../test/fakes/tiny.ts';
import { FAULTS, type FaultKind, PlannedFaults } from '../faults/fault.ts';
import { invariant } from '../invariants/invariant.ts';
import type { Run } from '../simulation.ts';
import type { Moment } from '../world/evidence.ts';
import { sequenceDiagram } from './sequence-diagram.ts';

/** What Mermaid's grammar takes of what is written here: an arrow or a note a line, texts without ; # and line ends. */
const LINE = /^ {2}(?:[A-Za-z0-9_]+ (?:->>|-x) [A-Za-z0-9_]+|Note over [A-Za-z0-9_]+): [^;#\n]*$/;
/** Words of the grammar that are no names. */
const KEYWORDS = /^(?:end|loop|alt|else|opt|par|and|critical|break|rect|note|activate|box|title|actor|participant)$/i;

function expectMermaid(diagram: string): readonly string[] {
  const [head, ...lines] = diagram.split('\n');
  expect(head).toBe('sequenceDiagram');
  for (const line of lines) expect(line).toMatch(LINE);
  const names = lines.flatMap((line) => (line.split(':')[0] ?? '').replace('Note over', '').split(/->>|-x/));
  for (const name of names) expect(name.trim()).not.toMatch(KEYWORDS);
  return lines;
}

const moment = (index: number, fault?: FaultKind): Moment => ({
  at: index,
  from: 'fulfil-order',
  to: 'Step Functions',
  about: `o/s-${index}`,
  what: 'task',
  fault,
});
const draw = (moments: readonly Moment[], wrong: readonly string[] = []): string =>
  sequenceDiagram({ moments, violations: wrong.map((what) => ({ invariant: 'it holds', what })) } as unknown as Run);

describe('a diagram', () => {
  test('shows who asked whom for what, where it went wrong and what that contradicts', () => {
    expect(draw([moment(0), moment(1, 'refused')], ['An order; #1\nwas lost.', 'another'])).toBe(
      [
        'sequenceDiagram',
        '  fulfil_order ->> Step_Functions: o/s-0: task',
        '  fulfil_order -x Step_Functions: o/s-1: task',
        '  Note over Step_Functions: is refused: throttled, and nothing is done',
        '  Note over Step_Functions: An order   1 was lost.',
      ].join('\n'),
    );
  });

  test('of a long run shows forty arrows, those nearest to its faults and to its end', () => {
    const all = Array.from({ length: 200 }, (_, index) => moment(index, index === 100 ? 'dead' : undefined));
    const arrows = expectMermaid(draw(all)).filter((line) => !line.includes('Note'));
    const shown = arrows.map((line) => Number(/s-(\d+)/.exec(line)?.[1]));
    expect(shown).toHaveLength(40);
    expect(shown).toEqual(expect.arrayContaining([99, 100, 101, 198, 199]));
    expect(shown).toEqual(shown.toSorted((a, b) => a - b));
  });

  test.each(['end', 'END', 'loop', 'note', ''])('of somebody named "%s" is Mermaid all the same', (name) => {
    expectMermaid(draw([{ ...moment(0), from: name, to: name }], ['wrong']));
  });

  test('of nothing is Mermaid too', () => {
    expectMermaid(draw([], ['wrong']));
  });
});

test('whatever is said in it, a diagram is Mermaid', () => {
  const words = fc.string({ unit: 'binary', maxLength: 20 });
  const any = fc.record({
    at: fc.nat(),
    from: words,
    to: words,
    about: words,
    what: words,
    fault: fc.constantFrom(undefined, ...(Object.keys(FAULTS) as FaultKind[])),
  });
  fc.assert(
    fc.property(
      fc.array(any, { maxLength: 60 }),
      fc.array(words, { maxLength: 2 }),
      (moments, wrong) => void expectMermaid(draw(moments, wrong)),
    ),
  );
});

test('of a run of a workflow a diagram is Mermaid', async () => {
  const simulation = tinySimulation(invariant('nothing ever holds', () => 'Nothing does.'));
  const faults = new PlannedFaults([{ at: 'order/twice task#1', kind: 'service-refused' }]);
  const lines = expectMermaid(sequenceDiagram(await simulation.run([simulation.order('one')], { tell: true, faults })));
  expect(lines).toContain('  tiny -x lambda_invoke: order/twice: task');
});
