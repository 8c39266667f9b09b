/** What a piece of text means. Colours follow from it; no meaning hangs on a colour alone. */
export type Tone = 'good' | 'bad' | 'warning' | 'undone' | 'muted' | 'strong';

/** A piece of text of one tone. */
export interface Span {
  readonly text: string;
  readonly tone?: Tone;
}

/** One line of output, before it is known where it goes. */
export type Line = readonly Span[];

export const span = (text: string, tone?: Tone): Span => (tone ? { text, tone } : { text });

export const EMPTY: Line = [span('')];

export const textOf = (line: Line): string => line.map(({ text }) => text).join('');

/** Columns of a terminal. Every character that we print ourselves takes one. */
export const widthOf = (text: string): number => [...text].length;

/** Exactly so wide: padded, or cut with an ellipsis. */
export function sized(text: string, width: number, side: 'left' | 'right' = 'left'): string {
  const shown = shorten(text, width);
  const padding = ' '.repeat(Math.max(0, width - widthOf(shown)));
  return side === 'left' ? shown + padding : padding + shown;
}

/** At most so wide. */
export function shorten(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width < 1 ? '' : `${[...text].slice(0, width - 1).join('')}…`;
}

/** At most so wide, whatever its spans are. */
export function shortenLine(line: Line, width: number): Line {
  const shortened: Span[] = [];
  let left = width;
  for (const { text, tone } of line) {
    if (left <= 0) break;
    const shown = shorten(text, left);
    shortened.push(span(shown, tone));
    left -= widthOf(shown);
  }
  return shortened;
}

/** `0.8 s`, `12.3 s` */
export const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;

/** `3,412.50` from cents, `−612.40` for what is taken away. */
export function money(cents: number): string {
  const amount = (Math.abs(cents) / 100).toLocaleString('en-US', {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  return cents < 0 ? `−${amount}` : amount;
}
