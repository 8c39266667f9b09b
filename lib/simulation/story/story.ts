import { FAULTS, type FaultKind } from '../faults/fault.ts';
import type { Run } from '../simulation.ts';
import type { Moment } from '../world/evidence.ts';

/** A story is read at a glance. */
const LONGEST = 15;

/** What happened next to each other at one step, told in one line. */
interface Passage {
  readonly at: number;
  readonly about: string;
  readonly done: string[];
  readonly fault: FaultKind | undefined;
}

/**
 * What happened in a run, in at most fifteen lines: what went wrong and what followed from it, then what it contradicts.
 * The run has to be told (`tell`), and small: shrink it first.
 */
export function story(run: Run): readonly string[] {
  const ends = run.violations.slice(0, 3).map(({ invariant, what }) => `  wrong  ${invariant}: ${what}`);
  return [...shortened(passagesOf(run.moments), LONGEST - ends.length).map(lineOf), ...ends];
}

function passagesOf(moments: readonly Moment[]): readonly Passage[] {
  const passages: Passage[] = [];
  for (const { at, about, what, fault } of moments) {
    const last = passages.at(-1);
    if (last && last.about === about && last.fault === undefined && fault === undefined) last.done.push(what);
    else passages.push({ at, about, done: [what], fault });
  }
  return passages;
}

type Line = Passage | { readonly left: number };

/** Faults and what follows them stay; so do the beginning and the end. As much of the rest as fits. */
function shortened(passages: readonly Passage[], most: number): readonly Line[] {
  const byWorth = passages.map((_, index) => index).sort((a, b) => worth(passages, b) - worth(passages, a) || a - b);
  for (let kept = Math.min(most, passages.length); kept > 0; kept -= 1) {
    const lines = withGaps(passages, new Set(byWorth.slice(0, kept)));
    if (lines.length <= most) return lines;
  }
  return [];
}

function worth(passages: readonly Passage[], index: number): number {
  if (passages[index]?.fault) return 4;
  if (index === 0 || index >= passages.length - 2) return 3;
  if (passages[index - 1]?.fault) return 2;
  return passages[index + 1]?.fault ? 1 : 0;
}

function withGaps(passages: readonly Passage[], kept: ReadonlySet<number>): readonly Line[] {
  const lines: Line[] = [];
  let left = 0;
  for (const [index, passage] of passages.entries()) {
    if (!kept.has(index)) {
      left += 1;
      continue;
    }
    if (left > 0) lines.push({ left });
    lines.push(passage);
    left = 0;
  }
  return left > 0 ? [...lines, { left }] : lines;
}

function lineOf(line: Line): string {
  if ('left' in line) return `         … ${line.left} more`;
  const { at, about, done, fault } = line;
  const seconds = (at / 1_000).toFixed(1).padStart(6);
  const what = counted(done).join(', ');
  return `${seconds}s ${fault ? '!' : ' '} ${about}: ${what}${fault ? ` ${FAULTS[fault]}` : ''}`;
}

/** `a, a, b` → `a ×2, b` */
function counted(words: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => (count === 1 ? word : `${word} ×${count}`));
}
