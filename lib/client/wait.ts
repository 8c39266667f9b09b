import type { Duration } from '../contract/index.ts';
import type { Ended } from './ended.ts';
import { NotEnded, NotStarted, type Order } from './errors.ts';
import type { EndWatch, Place } from './watch.ts';

export interface WaitOptions {
  /** How long to wait. */
  readonly within: Duration;
  /** Ends the wait before that; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A wait that may have begun before. */
interface BoundedWait extends WaitOptions {
  /** When the time is over, by `performance.now()`. */
  readonly until: number;
}

/**
 * Waits for the end of an execution.
 * @throws NotEnded or NotStarted when the time is over; the signal's reason; what AWS refuses
 */
export function waitForEnd(
  watch: EndWatch,
  order: Order,
  place: Place,
  { within, signal, until }: BoundedWait,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      watching.stop();
      how();
    };
    const timeOver = (): void => {
      const { known, trouble } = watching;
      if (known === 'missing') reject(new NotStarted(order, place.executionArn));
      else reject(new NotEnded(order, within, known === 'running', trouble));
    };
    const giveUp = (): void => settle(() => reject(signal?.reason));
    const left = Math.max(0, until - performance.now());
    const watching = watch.watch(place, left, {
      ended: (end) => settle(() => resolve(end)),
      failed: (error) => settle(() => reject(error)),
    });
    const timer = setTimeout(() => settle(timeOver), Math.min(left, LONGEST_TIMER));
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}

/** Node's, some 24 days: a longer timer would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;
