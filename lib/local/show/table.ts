import type { DemonstratedEnd, DemonstratedStep, EndedOrder, StepColumn } from '../demonstration/index.ts';
import { cellOf, stepText, turning } from './cells.ts';
import { type Line, money, type Span, seconds, shorten, sized, span, type Tone, widthOf } from './line.ts';

/** An order as it is shown while it is under way. */
export interface ShownOrder {
  readonly number: number;
  /** Left out, it is an ordinary one. */
  readonly story?: string;
  readonly steps: readonly DemonstratedStep[];
  /** When it was sent, on the clock of `performance.now()`. */
  readonly since: number;
}

/** Where the parts of an order's line stand. */
export interface Layout {
  readonly columns: readonly { readonly name: string; readonly label: string; readonly width: number }[];
  readonly number: number;
  readonly story: number;
  /** How it stands, in a word. 0 where there is no room for it. */
  readonly state: number;
  /** What it came to, or why it came to nothing. */
  readonly remark: number;
}

export const END: Readonly<Record<DemonstratedEnd, { readonly sign: string; readonly tone: Tone }>> = {
  fulfilled: { sign: '✔', tone: 'good' },
  declined: { sign: '↺', tone: 'undone' },
  failed: { sign: '✘', tone: 'bad' },
  rejected: { sign: '⊘', tone: 'warning' },
};

export const ORDINARY = 'an ordinary order';

/** `12.3 s` */
const TIME = 6;
const STORY = { least: 10, most: 17 };
const LEAST_COLUMN = 4;
const STATE_WIDTH = 10;
const WORTH_WIDTH = 10;

/** Lays a table out for a terminal of that width. Where the steps do not sized, it has no columns for them. */
export function layOut(width: number, steps: readonly StepColumn[], orders: number): Layout {
  const number = String(orders).length < 2 ? 2 : String(orders).length;
  // A margin, the sign, the number, the story, the time, with a space after each.
  const fixed = 1 + 2 + number + 1 + 1 + TIME + 1;
  let free = width - 1 - fixed;
  const columns = columnsWithin(free - STORY.least, steps);
  free -= columns.reduce((sum, column) => sum + column.width + 1, 0);
  const story = Math.min(STORY.most, Math.max(STORY.least, free));
  free -= story;
  const state = free >= STATE_WIDTH ? STATE_WIDTH : 0;
  free -= state;
  return { columns, number, story, state, remark: columns.length === 0 || free >= WORTH_WIDTH ? Math.max(0, free) : 0 };
}

/** Labels are cut evenly before the columns are given up. */
function columnsWithin(width: number, steps: readonly StepColumn[]): Layout['columns'] {
  const longest = Math.max(0, ...steps.map(({ label }) => widthOf(label)));
  for (let most = longest; most >= LEAST_COLUMN; most -= 1) {
    const columns = steps.map(({ name, label }) => {
      const cell = Math.max(LEAST_COLUMN, Math.min(most, widthOf(label)));
      return { name, label: shorten(label, cell), width: cell };
    });
    if (columns.reduce((sum, column) => sum + column.width + 1, 0) <= width) return columns;
  }
  return [];
}

/** The heading of the table. */
export function headingLine(layout: Layout, title: string): Line {
  const left = 1 + 2 + layout.number + 1 + layout.state + layout.story + 1 + TIME + 1;
  const labels = layout.columns.map(({ label, width }) => sized(label, width)).join(' ');
  return [span(`${sized(`   ${title}`, left)}${labels}`, 'muted')];
}

/** An order under way. */
export function underWayLine({ number, story, steps, since }: ShownOrder, layout: Layout, now: number): Line {
  return row(layout, {
    sign: span(turning(now)),
    number,
    state: span(stateOf(steps), 'muted'),
    story,
    milliseconds: now - since,
    cells: cellsOf(steps, layout, now),
  });
}

/** What it is at, in a word. */
function stateOf(steps: readonly DemonstratedStep[]): string {
  const last = steps.at(-1);
  if (!last) return 'sent';
  if (last.kind !== 'step') return last.kind === 'undo' ? 'undoing' : 'settling';
  return last.failed && last.underWay ? 'retrying' : 'running';
}

/** An order that has ended. */
export function endedLine(ended: EndedOrder, layout: Layout): Line {
  const { sign, tone } = END[ended.end];
  const reason = ended.reason === undefined ? '' : shortReason(ended.reason);
  const isRejected = ended.end === 'rejected';
  const worth = ended.worth === undefined ? '' : sized(money(ended.worth), WORTH_WIDTH, 'right');
  return row(layout, {
    sign: span(sign, tone),
    number: ended.number,
    state: span(ended.end, tone),
    story: storyOf(ended),
    milliseconds: ended.milliseconds,
    ...(isRejected ? { text: reason } : { cells: cellsOf(ended.steps, layout, 0) }),
    remark: ended.right
      ? worth || (isRejected ? '' : reason)
      : `expected ${ended.order.expected.join(' or ')}: ${reason}`,
  });
}

export const storyOf = ({ order, struckBy }: Pick<EndedOrder, 'order' | 'struckBy'>): string | undefined =>
  order.story ?? struckBy?.story;

interface Row {
  readonly sign: Span;
  readonly number: number;
  readonly state: Span;
  readonly story: string | undefined;
  readonly milliseconds: number;
  readonly cells?: readonly Span[];
  /** Instead of cells, over the remark as well. */
  readonly text?: string;
  readonly remark?: string;
}

function row(layout: Layout, { sign, number, state, story, milliseconds, cells, text, remark = '' }: Row): Line {
  const table = layout.columns.reduce((sum, { width }) => sum + width + 1, 0);
  return [
    span(' '),
    sign,
    span(` ${String(number).padStart(layout.number, '0')} `, 'muted'),
    ...(layout.state ? [span(sized(state.text, layout.state), state.tone)] : []),
    span(sized(story ?? ORDINARY, layout.story), story === undefined ? 'muted' : undefined),
    span(` ${sized(seconds(milliseconds), TIME, 'right')} `, 'muted'),
    ...(cells
      ? [...cells, span(shorten(remark, layout.remark), 'muted')]
      : [span(shorten(text ?? '', table + layout.remark), 'muted')]),
  ];
}

function cellsOf(steps: readonly DemonstratedStep[], layout: Layout, now: number): readonly Span[] {
  if (layout.columns.length === 0) {
    // No room for a table: the last steps, as words.
    return [span(shorten(steps.map(stepText).reverse().join(' ‹ '), layout.remark))];
  }
  return layout.columns.map(({ name, width }) => {
    const { text, tone } = cellOf(name, steps, now);
    return span(`${sized(text, width)} `, tone);
  });
}

/** Without the classes of errors, which say nothing to those who see them for the first time. */
const shortReason = (reason: string): string =>
  reason
    .replace(/^data\./, '')
    .replace(/(Compensated|Parked|Declared)\./, '')
    .replace(/\b(Transient|NotAttempted): /, '');
