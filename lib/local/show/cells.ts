import type { DemonstratedStep } from '../demonstration/index.ts';
import { type Span, span } from './line.ts';

/** The frames of what turns while something is under way, at `FRAME_MS` each. */
const FRAMES = ['⠋', '⠙', '⠸', '⠴', '⠦', '⠇'] as const;
const FRAME_MS = 240;

export const turning = (now: number): string => FRAMES[Math.floor(now / FRAME_MS) % FRAMES.length] ?? '⠋';

/** What the signs of a cell mean, for a legend. */
export const LEGEND = '✔ done   ×2 second try   ✘ failed   ? finding out   ↺ undone';

/**
 * How an order stands with one of its steps: `·` not yet, `⠋×2` at its second try, `✔×2` done by it, `✘×4?` failed four
 * times and being found out, `✘×4↺` and undone, `✔↺` done and undone.
 */
export function cellOf(name: string, steps: readonly DemonstratedStep[], now: number): Span {
  const last = (kind: DemonstratedStep['kind']) => steps.findLast((step) => step.name === name && step.kind === kind);
  const [forward, settle, undo] = [last('step'), last('settle'), last('undo')];
  if (!forward) return span('·', 'muted');
  const sign = forward.underWay ? turning(now) : forward.failed ? '✘' : '✔';
  const way = sign + times(forward);
  if (undo) return span(`${way}↺${back(undo)}`, undo.failed ? (undo.underWay ? 'warning' : 'bad') : 'undone');
  if (settle) return span(`${way}?${back(settle)}`, settle.failed && !settle.underWay ? 'bad' : 'warning');
  if (forward.underWay) return forward.failed ? span(way, 'warning') : span(way);
  return span(way, forward.failed ? 'bad' : 'good');
}

const times = ({ attempts }: DemonstratedStep): string => (attempts > 1 ? `×${attempts}` : '');

const back = (step: DemonstratedStep): string => `${times(step)}${step.underWay ? '…' : step.failed ? '✘' : ''}`;

/** The same in words, for a line that stands alone: `payment×4✘`, `settle:payment`, `undo:stock`. */
export function stepText({ name, kind, attempts, failed }: DemonstratedStep): string {
  return `${kind === 'step' ? '' : `${kind}:`}${name}${attempts > 1 ? `×${attempts}` : ''}${failed ? '✘' : ''}`;
}
