import type { DemonstratedStep, EndedOrder, StepColumn } from '../demonstration/index.ts';
import { shortenLine } from './line.ts';
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
  if (!live) return { steps: () => undefined, end: (ended) => stdout.write(`${render(orderLine(ended), colour)}\n`) };
  const since = performance.now();
  const width = (): number => Math.max(NARROWEST, stdout.columns ?? 80);
  const layout = () => layOut(width(), columns, NUMBER);
  const over = (text: string): string => `\r\u001b[2K${text}`;
  stdout.write(`${render(shortenLine(headingLine(layout(), ''), width() - 1), colour)}\n`);
  return {
    steps: (steps) => {
      const now = performance.now();
      const line = underWayLine({ number: NUMBER, story, steps, since }, layout(), now);
      stdout.write(over(render(shortenLine(line, width() - 1), colour)));
    },
    end: (ended) => stdout.write(`${over(render(shortenLine(endedLine(ended, layout()), width() - 1), colour))}\n`),
  };
}
