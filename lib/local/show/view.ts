import { styleText } from 'node:util';
import type { Line, Tone } from './line.ts';
import type { ShowEvent } from './state.ts';

/** Something that shows what is going on. */
export interface View {
  tell(event: ShowEvent): void;
  /** Gives the terminal back; what was shown for good stays. */
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A stream to write to, as far as it matters here. */
interface Output {
  readonly isTTY?: boolean;
}

/** Whether a stream can be drawn on again and again. A terminal can, unless it says that it is dumb; a CI's log can't. */
export const isScreen = ({ isTTY }: Output, { TERM, CI }: Environment): boolean =>
  isTTY === true && TERM !== 'dumb' && (CI === undefined || CI === '' || CI === 'false' || CI === '0');

/** Whether to write colours: what FORCE_COLOR says, else unless NO_COLOR or TERM=dumb say no, where there is a terminal. */
export function hasColour({ isTTY }: Output, { FORCE_COLOR, NO_COLOR, TERM }: Environment): boolean {
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return isTTY === true && !NO_COLOR && TERM !== 'dumb';
}

/** How each tone looks. Both views draw by it. */
export const LOOK = {
  good: { color: 'green' },
  bad: { color: 'red' },
  warning: { color: 'yellow' },
  undone: { color: 'magenta' },
  muted: { dimColor: true },
  strong: { bold: true },
} as const satisfies Record<Tone, { color?: string; dimColor?: boolean; bold?: boolean }>;

const STYLE = {
  good: 'green',
  bad: 'red',
  warning: 'yellow',
  undone: 'magenta',
  muted: 'dim',
  strong: 'bold',
} as const satisfies Record<Tone, Parameters<typeof styleText>[0]>;

/** A line as text, with escape sequences where colours are wanted. */
export const render = (line: Line, colour: boolean): string =>
  line
    .map(({ text, tone }) => (colour && tone ? styleText(STYLE[tone], text, { validateStream: false }) : text))
    .join('')
    .trimEnd();
