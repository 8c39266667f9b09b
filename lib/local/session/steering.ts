import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../sandbox/index.ts';
import type { AppAccess } from '../access/index.ts';
import { type Demonstration, type DemonstrationEvent, newRun, runOneOrder } from '../demonstration/index.ts';
import type { View } from '../show/index.ts';

export interface SteeringOptions {
  readonly app: AppAccess;
  readonly demonstration: Demonstration;
  readonly view: View;
  /** How many orders there have been. */
  readonly placed: number;
  readonly signal: AbortSignal;
}

/** Milliseconds between two looks at what is broken. */
const FAULTS_MS = 1_000;

/** What somebody at the terminal can do to an app that runs. */
export class Steering {
  readonly #options: SteeringOptions;
  #placed: number;
  #broken: readonly string[] = [];

  constructor(options: SteeringOptions) {
    this.#options = options;
    this.#placed = options.placed;
  }

  /** Sends an ordinary order and follows it to its end. */
  async placeOrder(): Promise<void> {
    const { app, demonstration, view, signal } = this.#options;
    const [order] = demonstration.orders(1, newRun());
    if (!order) return;
    this.#placed += 1;
    const sent = { number: this.#placed, order: { ...order, story: 'your order' } };
    const onEvent = (event: DemonstrationEvent): void => view.tell({ kind: 'order', event, at: performance.now() });
    await runOneOrder(sent, { app, demonstration, onEvent, watched: true, signal });
  }

  /** Breaks what the demonstration says can be broken, or mends it, whoever has broken it. */
  async toggleBreakage(): Promise<void> {
    const { app, demonstration } = this.#options;
    if (!demonstration.breakage) return;
    const { fault } = demonstration.breakage;
    const isBroken = (await this.#standingFaults()).some(({ provider }) => provider === fault.provider);
    if (isBroken) await app.sandbox.clearFaults(fault.provider);
    else await app.sandbox.setFault(fault, fault.kind);
    await this.#tellFaults();
  }

  /** Keeps the view informed of what is broken, for `breakwater fault` breaks things too. */
  async watchFaults(): Promise<never> {
    for (;;) {
      // What fails here is the emulator's end, which is told by others.
      await this.#tellFaults().catch(() => undefined);
      await sleep(FAULTS_MS, undefined, { signal: this.#options.signal });
    }
  }

  /** Faults that strike whichever order comes next. */
  async #standingFaults(): Promise<readonly Fault[]> {
    const faults = await this.#options.app.sandbox.readFaults();
    return faults.filter(({ orderId, times }) => orderId === undefined && (times === undefined || times > 0));
  }

  async #tellFaults(): Promise<void> {
    const broken = (await this.#standingFaults()).map(({ provider, kind }) => `${provider} ${kind}`);
    if (broken.join() === this.#broken.join()) return;
    this.#broken = broken;
    this.#options.view.tell({ kind: 'broken', broken });
  }
}
