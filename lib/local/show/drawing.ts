import { Box, type Instance, render, Static, Text, useAnimation, useInput, useWindowSize } from 'ink';
import { createElement, Fragment, type ReactNode, useSyncExternalStore } from 'react';
import { type Line, textOf } from './line.ts';
import { liveLines, printedLines } from './screen.ts';
import type { Printed, ShowState } from './state.ts';
import { LOOK } from './view.ts';

/** A key that means something here. */
export type Key = 'order' | 'break' | 'quit' | 'interrupt';

/** What a drawing is made from. */
export interface Drawing {
  readonly store: {
    readonly get: () => ShowState;
    readonly subscribe: (changed: () => void) => () => void;
  };
  readonly stdout: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  readonly colour: boolean;
  readonly onKey: (key: Key) => void;
}

/** How often what turns and ticks is drawn anew. */
const TICK_MS = 240;

/** Draws a store's state until it is unmounted: what is printed above, what is live below it. */
export function drawWith(drawing: Drawing): Instance {
  const { stdout, stdin } = drawing;
  return render(createElement(Show, drawing), {
    stdout,
    stdin,
    exitOnCtrlC: false,
    patchConsole: false,
    interactive: true,
    incrementalRendering: true,
    maxFps: 12,
  });
}

function Show({ store, stdin, colour, onKey }: Drawing): ReactNode {
  const state = useSyncExternalStore(store.subscribe, store.get);
  const { columns, rows } = useWindowSize();
  const isMoving = state.phase === 'preparing' || state.phase === 'orders' || state.underWay.length > 0;
  useAnimation({ interval: TICK_MS, isActive: isMoving });
  useInput(
    (input, { ctrl }) => {
      const key = keyOf(input, ctrl);
      if (key) onKey(key);
    },
    { isActive: stdin.isTTY === true },
  );
  const lines = liveLines(state, { columns, rows, now: performance.now() });
  return createElement(
    Fragment,
    null,
    createElement(Static<Printed>, {
      items: [...state.printed],
      // biome-ignore lint/correctness/noChildrenProp: Ink's type has it as a prop that must be there
      children: (printed, index) =>
        createElement(
          Box,
          { key: index, flexDirection: 'column' },
          ...printedLines(printed, state, columns).map((line, at) => drawn(line, at, colour)),
        ),
    }),
    createElement(Box, { flexDirection: 'column' }, ...lines.map((line, at) => drawn(line, at, colour))),
  );
}

/** Cut where a character turns out wider than we think: a line that wraps would ruin the drawing. */
const drawn = (line: Line, key: number, colour: boolean): ReactNode =>
  createElement(
    Text,
    { key, wrap: 'truncate-end' },
    // A text without any would have no height.
    textOf(line) === '' ? ' ' : null,
    ...line.map(({ text, tone }, at) => createElement(Text, { key: at, ...(colour && tone ? LOOK[tone] : {}) }, text)),
  );

function keyOf(input: string, ctrl: boolean): Key | undefined {
  if (ctrl) return input === 'c' ? 'interrupt' : undefined;
  return ({ o: 'order', b: 'break', q: 'quit' } as const)[input.toLowerCase()];
}
