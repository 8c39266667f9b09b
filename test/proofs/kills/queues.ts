import { setTimeout as sleep } from 'node:timers/promises';
import { isCalledDirectly, majorId, stepTimes } from '../../../lib/contract/index.ts';
import { fulfilOrder } from '../../../state-machines/orders/fulfil-order/workflow.ts';
import type { Harness } from '../../integration/harness.ts';
import type { Progress } from '../finding.ts';

const queued = [...fulfilOrder.contracts.values()].filter((contract) => !isCalledDirectly(contract));

/** Milliseconds that a message is hidden at most when its worker was killed, and some for the deliveries that follow. */
export const longestHidden = (timeScale: number): number =>
  Math.max(...queued.map((contract) => stepTimes(contract, timeScale).visibility.milliseconds)) + 60_000;

/**
 * Messages that can be received and that nobody has dealt with after so long, a sentence each queue; those that are
 * hidden count too, unless it is 0.
 * @param isMeant which messages are looked at, by their bodies
 */
export async function drained(
  harness: Harness,
  milliseconds: number,
  progress: Progress,
  isMeant: (body: string) => boolean = () => true,
): Promise<readonly string[]> {
  const until = Date.now() + Math.max(milliseconds, SOON_MS);
  let told = 0;
  for (;;) {
    const lying = await Promise.all(
      queued.map(async (contract) => {
        const messages = await harness.messages(majorId(contract));
        return [majorId(contract), messages.filter(({ Body }) => isMeant(Body))] as const;
      }),
    );
    const counted = milliseconds > 0 ? lying : lying.map(([queue, all]) => [queue, all.filter(isVisible)] as const);
    const left = counted.filter(([, messages]) => messages.length > 0);
    if (left.length === 0 || Date.now() > until) {
      return left.map(([queue, { length }]) => `${length} messages are left in ${queue}.`);
    }
    const count = left.flatMap(([, messages]) => messages).length;
    if (count !== told) progress(`${count} messages are not dealt with yet`);
    told = count;
    await sleep(2_000);
  }
}

/** What can be received is received within this time. */
const SOON_MS = 15_000;

const isVisible = ({ IsVisible }: { readonly IsVisible: boolean }): boolean => IsVisible;
