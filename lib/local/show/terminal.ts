import { setTimeout as sleep } from 'node:timers/promises';
import type { Drawing } from './drawing.ts';
import { beginning, reduce, type ShowEvent } from './state.ts';
import type { View } from './view.ts';

export interface TerminalOptions extends Omit<Drawing, 'store'> {
  /** When the command was begun, on the clock of `performance.now()`. */
  readonly began: number;
}

/** Draws on a terminal with Ink, which is loaded here and nowhere else: plain runs don't pay for it. */
export async function terminalView({ stdout, stdin, colour, began, onKey }: TerminalOptions): Promise<View> {
  const { drawWith } = await withProduction(() => import('./drawing.ts'));
  let state = beginning(began);
  let told: NodeJS.Timeout | undefined;
  const listeners = new Set<() => void>();
  const store: Drawing['store'] = {
    get: () => state,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
  const draw = (): void => {
    clearTimeout(told);
    told = undefined;
    for (const changed of listeners) changed();
  };
  const tell = (event: ShowEvent): void => {
    state = reduce(state, event);
    told ??= setTimeout(draw, TOGETHER_MS);
  };
  const drawing = drawWith({ store, stdout, stdin, colour, onKey });
  return {
    tell,
    close: async () => {
      if (state.phase !== 'over') tell({ kind: 'halt', failed: false, at: performance.now() });
      draw();
      const closed = drawing.waitUntilRenderFlush().then(async () => {
        drawing.unmount();
        await drawing.waitUntilExit();
      });
      // A terminal that was closed hears nothing any more.
      await Promise.race([closed, sleep(CLOSING_MS)]);
    },
  };
}

const CLOSING_MS = 500;

/** What happens within this time is drawn together: a dozen orders change more often than anybody can see. */
const TOGETHER_MS = 60;

/** React's development build is several times slower; it looks at NODE_ENV once, when it is loaded. */
async function withProduction<T>(work: () => Promise<T>): Promise<T> {
  const before = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}
