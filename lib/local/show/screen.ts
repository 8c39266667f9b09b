import { accountLines, resultLines } from './account.ts';
import { LEGEND } from './cells.ts';
import { nextLines } from './closing.ts';
import { EMPTY, type Line, seconds, shortenLine, span, textOf, widthOf } from './line.ts';
import { bar, preparationLines } from './preparation.ts';
import type { Printed, ShowState } from './state.ts';
import { END, endedLine, headingLine, type Layout, layOut, underWayLine } from './table.ts';

/** A terminal's size in characters, and the time on the clock of `performance.now()`. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly now: number;
}

/** What of the screen stays free: the line that the cursor stands on, and one of what was before. */
const SPARE_ROWS = 2;

const layoutOf = ({ columns, orders }: ShowState, width: number): Layout => layOut(width, columns, orders.count);

/** The lines of what is shown for good. None is wider than the terminal. */
export function printedLines(printed: Printed, state: ShowState, width: number): readonly Line[] {
  return linesOf(printed, state, width).map((line) => shortenLine(line, width - 1));
}

function linesOf(printed: Printed, state: ShowState, width: number): readonly Line[] {
  switch (printed.kind) {
    case 'preparation':
      return [...headed(preparationLines(printed.preparation, width, state.began)), EMPTY];
    case 'order':
      return [endedLine(printed.ended, layoutOf(state, width))];
    case 'incident': {
      const { story, milliseconds } = printed.incident;
      return [
        printed.over
          ? ruled(`${story} no more, after ${seconds(milliseconds)}`, 'good', width)
          : ruled(`${story}`, 'bad', width),
      ];
    }
    case 'result':
      // The heading at the foot of the table: it has no other place for good.
      return [
        headingLine(layoutOf(state, width), ''),
        EMPTY,
        ...resultLines(printed.result, printed.milliseconds),
        EMPTY,
        ...accountLines(printed.result.account),
        EMPTY,
      ];
    case 'next':
      return nextLines(printed.next);
    case 'note':
      return [[span(`   ${printed.text}`)]];
  }
}

const headed = (lines: readonly Line[]): readonly Line[] => [
  [span('   Breakwater', 'strong'), span(': AWS on this machine, the app deployed to it, orders through it', 'muted')],
  EMPTY,
  ...lines,
];

/** `── payments down ──────────` */
function ruled(text: string, tone: 'good' | 'bad', width: number): Line {
  const begun = ` ── ${text} `;
  return [span(`${begun}${'─'.repeat(Math.max(2, Math.min(width, 120) - 1 - widthOf(begun)))}`, tone)];
}

/** The lines of what changes still. Never more than the terminal has, or it could not be drawn over. */
export function liveLines(state: ShowState, { columns, rows, now }: Screen): readonly Line[] {
  const most = Math.max(1, rows - SPARE_ROWS);
  const lines = live(state, columns, most, now).slice(0, most);
  return lines.map((line) => shortenLine(line, columns - 1));
}

function live(state: ShowState, width: number, most: number, now: number): readonly Line[] {
  switch (state.phase) {
    case 'preparing':
      return headed(preparationLines(state.preparation, width, now));
    case 'orders':
      return withOrders(state, width, most, now, [EMPTY, ...progressLines(state, width, now)]);
    case 'staying':
      return withOrders(state, width, most, now, keyLines(state));
    case 'over':
      return [];
  }
}

/** Orders under way, the oldest first, as many as there is room for above what follows. */
function withOrders(
  state: ShowState,
  width: number,
  most: number,
  now: number,
  below: readonly Line[],
): readonly Line[] {
  const { underWay } = state;
  if (underWay.length === 0) return below;
  const layout = layoutOf(state, width);
  const room = Math.max(0, most - below.length - 1);
  const shown = underWay.length <= room ? underWay : underWay.slice(0, Math.max(0, room - 1));
  const hidden = underWay.length - shown.length;
  return [
    headingLine(layout, 'under way'),
    ...shown.map((order) => underWayLine(order, layout, now)),
    ...(hidden > 0 ? [[span(`   and ${hidden} more`, 'muted')] as const] : []),
    ...below,
  ];
}

/** What the widest progress takes beside its bar. */
const BESIDE_BAR = 74;
const BAR = { least: 6, most: 20 };

function progressLines({ orders, incident, began }: ShowState, width: number, now: number): readonly Line[] {
  const ended = Object.values(orders.ends).reduce((sum, count) => sum + count, 0);
  const ends = (['fulfilled', 'declined', 'failed', 'rejected'] as const).flatMap((end) => {
    const count = orders.ends[end] ?? 0;
    return count ? [span(`  ${END[end].sign} ${count} ${end}`, END[end].tone)] : [];
  });
  const barWidth = Math.max(BAR.least, Math.min(BAR.most, width - BESIDE_BAR));
  const progress: Line = [
    span(` ${bar(orders.count === 0 ? 0 : ended / orders.count, barWidth)}`),
    span(` ${ended}/${orders.count}`, 'strong'),
    ...ends,
  ];
  const time = seconds(now - began);
  const gap = Math.max(2, Math.min(width, 120) - 1 - widthOf(textOf(progress)) - widthOf(time));
  return [
    [...progress, span(`${' '.repeat(gap)}${time}`, 'muted')],
    incident
      ? [span(` ! ${incident.story}: orders try again, give up, are found out and undone`, 'bad')]
      : [span(` ${LEGEND}`, 'muted')],
  ];
}

/** The keys that mean something. */
function keyLines({ breaks, broken }: ShowState): readonly Line[] {
  const key = (name: string, does: string): Line => [span(` ${name} `, 'strong'), span(`${does}   `)];
  const breaking = breaks === undefined ? [] : key('b', `${broken.length > 0 ? 'mends' : 'breaks'} ${breaks}`);
  return [
    broken.length > 0 ? [span(` ! ${broken.join(', ')}`, 'bad')] : EMPTY,
    [...key('o', 'places an order'), ...breaking, ...key('q', 'ends it all')],
  ];
}
