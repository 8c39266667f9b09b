import type { DemonstratedStep, EndedOrder, StepColumn } from '../demonstration/index.ts';
import { type Line, shortenLine, span } from './line.ts';
import { orderLine } from './plain.ts';
import { endedLine, headingLine, layOut, underWayLine } from './table.ts';
import { render } from './view.ts';

export interface SingleOptions {
  readonly stdout: { write(text: string): unknown; readonly columns?: number };
  readonly colour: boolean;
  /** Whether the line can be drawn over as it goes; else it is written once, when the order has ended. */
  readonly live: boolean;
  readonly columns: readonly StepColumn[];
  readonly story: string;
}

/** Shows one order, on a line that fills in. */
export interface SingleOrder {
  steps(steps: readonly DemonstratedStep[]): void;
  end(ended: EndedOrder): void;
}

const NARROWEST = 40;
const NUMBER = 1;

export function singleOrder({ stdout, colour, live, columns, story }: SingleOptions): SingleOrder {
  const tell = (line: Line): unknown => stdout.write(`${render(line, colour)}\n`);
  if (!live) {
    const end = (ended: EndedOrder): void => [orderLine(ended), factsLine(ended)].forEach(tell);
    return { steps: () => undefined, end };
  }
  const since = performance.now();
  const width = (): number => Math.max(NARROWEST, stdout.columns ?? 80);
  const layout = () => layOut(width(), columns, NUMBER);
  const over = (text: string): string => `\r\u001b[2K${text}`;
  tell(shortenLine(headingLine(layout(), ''), width() - 1));
  return {
    steps: (steps) => {
      const now = performance.now();
      const line = underWayLine({ number: NUMBER, story, steps, since }, layout(), now);
      stdout.write(over(render(shortenLine(line, width() - 1), colour)));
    },
    end: (ended) => {
      stdout.write(over(''));
      tell(shortenLine(endedLine(ended, layout()), width() - 1));
      tell(factsLine(ended));
    },
  };
}

/** What has no place in the table: where to look for it, and why it was not fulfilled. */
const factsLine = ({ order, end, reason }: EndedOrder): Line => [
  span(`   execution ${order.event.id}${reason && end !== 'rejected' ? `: ${reason}` : ''}`, 'muted'),
];
