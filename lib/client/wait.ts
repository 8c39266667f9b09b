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

/**
 * Waits for the end of an execution.
 * @throws NotEnded when the time is over; NotStarted; the signal's reason; what AWS refuses
 */
export function waitForEnd(
  watch: EndWatch,
  order: Order,
  place: Place,
  { within, signal }: WaitOptions,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const settle = (how: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
      watching.stop();
      how();
    };
    const notStarted = (): void => reject(new NotStarted(order, place.executionArn));
    const timeOver = (): void => {
      const { known, trouble } = watching;
      if (known === 'missing') notStarted();
      else reject(new NotEnded(order, within, known === 'running', trouble));
    };
    const giveUp = (): void => settle(() => reject(signal?.reason));
    const watching = watch.watch(place, Math.min(PATIENCE, within.milliseconds / 2), {
      ended: (end) => settle(() => resolve(end)),
      missing: () => settle(notStarted),
      failed: (error) => settle(() => reject(error)),
    });
    const timer = setTimeout(() => settle(timeOver), Math.min(within.milliseconds, LONGEST_TIMER));
    signal?.addEventListener('abort', giveUp, { once: true });
  });
}

/** Milliseconds for which a row is waited for before Step Functions is asked: rows come within a second as a rule. */
const PATIENCE = 5_000;

/** Node's, some 24 days: a longer timer would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;
