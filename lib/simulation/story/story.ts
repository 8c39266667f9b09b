import { FAULTS, type FaultKind } from '../faults/fault.ts';
import { endingOf } from '../invariants/ends.ts';
import type { Run } from '../simulation.ts';
import { BEGINNING, type Effect, type Moment, type SimulatedOrder, type Violation } from '../world/evidence.ts';

/** A story is read at a glance. */
const LONGEST = 15;

/** What happened next to each other at one step, told in one line. */
interface Passage {
  readonly at: number;
  readonly about: string;
  readonly done: string[];
  readonly fault: FaultKind | undefined;
  /** How often it happened, one round after another, and when it did last. */
  readonly rounds?: { readonly count: number; readonly until: number };
}

export interface StoryOptions {
  /** Whether it ends with what is wrong. It does when left out. */
  readonly wrong?: boolean;
}

/**
 * What happened in a run, in at most fifteen lines: what went wrong and what followed from it, how each order ended and
 * what it left done, then what that contradicts. Of many orders only those are told that something is wrong with. The run
 * has to be told (`tell`), and small: shrink it first.
 */
export function story(run: Run, { wrong = true }: StoryOptions = {}): readonly string[] {
  const orders = ordersOf(run);
  const ends = orders.length <= MOST_ENDS ? orders.map((order) => endOf(run, order)) : [];
  const last = [...ends, ...(wrong ? wrongLines(run.violations) : [])];
  const about = orders.length < run.orders.length ? orders.map(({ id }) => id) : undefined;
  const moments = about
    ? run.moments.filter((moment) => about.some((id) => moment.about === id || moment.about.startsWith(`${id}/`)))
    : run.moments;
  return [...shortened(inRounds(passagesOf(moments)), LONGEST - last.length).map(lineOf), ...last];
}

const MOST_ENDS = 3;

/** Those that something is wrong with; all of them where it is not said of whom. */
function ordersOf({ orders, violations }: Run): readonly SimulatedOrder[] {
  const said = violations.map(({ what }) => ` ${what}`.split(/[^\w-]+/));
  const wrong = orders.filter(({ id }) => said.some((words) => words.includes(id)));
  return wrong.length > 0 ? wrong : orders;
}

/** `order failed (Compensated.Timeout): stock 0.4s, payment 1.3s; undone: payment 93.0s, stock 94.1s` */
function endOf({ effects }: Run, order: SimulatedOrder): string {
  const { kind, parked } = endingOf(order);
  const { failure } = order.execution;
  const own = effects.filter((effect) => effect.order === order.id);
  const list = (of: readonly Effect[]): string => of.map(({ step, at }) => `${step} ${secondsAt(at)}`).join(', ');
  const [done, undone] = [list(own.filter(({ undo }) => !undo)), list(own.filter(({ undo }) => undo))];
  const what = [
    `done: ${done || 'nothing'}`,
    ...(undone ? [`undone: ${undone}`] : []),
    ...(parked.length > 0
      ? [`a person is asked to ${parked.map(({ verb, step }) => `${verb} ${step}`).join(', ')}`]
      : []),
  ];
  return `  ends   ${order.id} ${kind}${kind === 'failed' && failure ? ` (${failure.error})` : ''}; ${what.join('; ')}`;
}

const secondsAt = (at: number): string => `${((at - BEGINNING) / 1_000).toFixed(1)}s`;

/** One of each invariant before a second of any. */
function wrongLines(violations: readonly Violation[]): readonly string[] {
  const firsts = violations.filter(
    ({ invariant }, index) => violations.findIndex((each) => each.invariant === invariant) === index,
  );
  const shown = [...firsts, ...violations.filter((each) => !firsts.includes(each))].slice(
    0,
    violations.length > MOST_WRONG ? MOST_WRONG - 1 : MOST_WRONG,
  );
  const left = violations.length - shown.length;
  return [
    ...shown.map(({ invariant, what }) => `  wrong  ${invariant}: ${what}`),
    ...(left > 0 ? [`         … and ${left} more`] : []),
  ];
}

const MOST_WRONG = 3;

function passagesOf(moments: readonly Moment[]): readonly Passage[] {
  const passages: Passage[] = [];
  for (const { at, about, what, fault } of moments) {
    const last = passages.at(-1);
    if (last && last.about === about && last.fault === undefined && fault === undefined) last.done.push(what);
    else passages.push({ at, about, done: [what], fault });
  }
  return passages;
}

/** A round is this many passages at most: a task, what comes of it, and its answer. */
const LONGEST_ROUND = 3;

/** What happens again and again without a fault, told once. */
function inRounds(passages: readonly Passage[]): readonly Passage[] {
  const told: Passage[] = [];
  for (let from = 0; from < passages.length; ) {
    const repeated = Array.from({ length: LONGEST_ROUND }, (_, index) => ({
      length: index + 1,
      count: roundsFrom(passages, from, index + 1),
    })).filter(({ count }) => count > 1);
    const [{ length, count } = { length: 1, count: 1 }] = repeated.toSorted(
      (a, b) => b.count * b.length - a.count * a.length,
    );
    for (const [index, passage] of passages.slice(from, from + length).entries()) {
      const until = passages[from + length * (count - 1) + index]?.at ?? passage.at;
      told.push(count > 1 ? { ...passage, rounds: { count, until } } : passage);
    }
    from += length * count;
  }
  return told;
}

/** How often so many passages happen one after another from there on, the first time included. */
function roundsFrom(passages: readonly Passage[], from: number, length: number): number {
  const isAgain = (index: number): boolean => {
    const [first, other] = [passages[from + (index % length)], passages[from + index]];
    return first !== undefined && other !== undefined && isSame(first, other);
  };
  let count = 1;
  while (Array.from({ length }, (_, index) => isAgain(count * length + index)).every(Boolean)) count += 1;
  return from + length <= passages.length ? count : 0;
}

const isSame = (one: Passage, other: Passage): boolean =>
  !one.fault && !other.fault && one.about === other.about && counted(one.done).join() === counted(other.done).join();

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
  const { at, about, done, fault, rounds } = line;
  const seconds = (at / 1_000).toFixed(1).padStart(6);
  const again = rounds ? ` (${rounds.count} times, until ${(rounds.until / 1_000).toFixed(1)}s)` : '';
  const what = counted(done).join(', ');
  return `${seconds}s ${fault ? '!' : ' '} ${about}: ${what}${fault ? ` ${FAULTS[fault]}` : ''}${again}`;
}

/** `a, a, b` → `a ×2, b` */
function counted(words: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => (count === 1 ? word : `${word} ×${count}`));
}
