import { FAULTS } from '../faults/fault.ts';
import type { Run } from '../simulation.ts';
import type { Moment } from '../world/evidence.ts';

/** More arrows than this are no picture any more. */
const MOST = 40;

/** What happened in a run as a Mermaid sequence diagram: who asked whom for what, and where it went wrong. */
export function sequenceDiagram({ moments, violations }: Run): string {
  const shown = aroundFaults(moments);
  const lines = shown.flatMap(({ from, to, about, what, fault }) => [
    `  ${nameOf(from)} ${fault ? '-x' : '->>'} ${nameOf(to)}: ${text(`${about}: ${what}`)}`,
    ...(fault ? [`  Note over ${nameOf(to)}: ${text(FAULTS[fault])}`] : []),
  ]);
  const wrong = violations
    .slice(0, 1)
    .map(({ what }) => `  Note over ${nameOf(shown.at(-1)?.to ?? '')}: ${text(what)}`);
  return ['sequenceDiagram', ...lines, ...wrong].join('\n');
}

/** All of a short run; of a longer one what is nearest to its faults and to its end. */
function aroundFaults(moments: readonly Moment[]): readonly Moment[] {
  if (moments.length <= MOST) return moments;
  const faults = moments.flatMap(({ fault }, index) => (fault ? [index] : []));
  const distance = (index: number): number =>
    Math.min(...[...faults, moments.length - 1].map((each) => Math.abs(each - index)));
  const nearest = new Set(
    moments
      .map((_, index) => index)
      .sort((a, b) => distance(a) - distance(b) || a - b)
      .slice(0, MOST),
  );
  return moments.filter((_, index) => nearest.has(index));
}

const nameOf = (who: string): string =>
  (who.replaceAll(/[^A-Za-z0-9]+/g, '_') || 'nobody').replace(KEYWORD, (word) => `${word}_`);

/** Words of Mermaid, which nobody can be named by. */
const KEYWORD =
  /^(activate|actor|alt|and|autonumber|box|break|create|critical|deactivate|destroy|else|end|link|links|loop|note|opt|option|par|participant|rect|title)$/i;

/** Mermaid ends a text at these. */
const text = (words: string): string => words.replaceAll(/[;#\n]/g, ' ');
