import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  columnsOf,
  type DemonstratedWorkflow,
  type DemonstrationEvent,
  findDemonstration,
  runDemonstration,
} from '../demonstration/index.ts';
import type { Key, NextSteps, View } from '../show/index.ts';
import type { Target } from '../target.ts';
import { died, explained } from './died.ts';
import type { Interruption } from './interruption.ts';
import { prepare } from './prepare.ts';
import { reportOf } from './report.ts';
import { Steering } from './steering.ts';

export interface SessionOptions {
  /** The project's folder. */
  readonly root: string;
  readonly orders: number;
  /** The one to show. Left out, the first that has a demonstration. */
  readonly workflow?: string;
  /** `stop`: all ends after the orders. `stay`: until it is interrupted. `keep`: the session ends, the emulator does not. */
  readonly after: 'stop' | 'stay' | 'keep';
  readonly view: View;
  /** Whether the view shows orders under way. */
  readonly live: boolean;
  readonly interruption: Interruption;
  /** When the command was begun, on the clock of `performance.now()`. */
  readonly began: number;
  /** Told the result once the orders have run, before it stays up. */
  readonly onReport?: (report: object) => void;
}

/** How long what is interrupted may take to end by itself. */
const PATIENCE_MS = 1_200;

/**
 * One run of `npm start`: prepares everything, runs orders, accounts for them, and stays up. Whatever ends it, nothing is
 * left running, except where it is to be kept.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #ended = Promise.withResolvers<void>();
  #target: Target | undefined;
  /** Until then, who ends the emulator is the launch itself. */
  #isLaunched = false;
  #isKept = false;
  /** While it stays up. */
  #steering: Steering | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /**
   * @returns whether every order ended as it should and the account adds up
   * @throws Interrupted, or what went wrong
   */
  async run(): Promise<boolean> {
    const { signal } = this.#options.interruption;
    const running = this.#run();
    running.catch(() => undefined);
    try {
      return await Promise.race([running, rejectedBy(signal)]);
    } catch (error) {
      if (!signal.aborted) throw this.#isLaunched ? await explained(error, this.#target) : error;
      await this.#cutShort(running);
      throw error;
    } finally {
      if (!this.#isKept) await this.#end();
    }
  }

  /** What a key does. While it prepares, and while its orders run, one can only end it. */
  press(key: Key): void {
    const steering = this.#steering;
    if (key === 'interrupt' || (key === 'quit' && !steering)) this.#options.interruption.interrupt();
    else if (key === 'quit') this.#ended.resolve();
    else if (steering) this.#tellFailure(key === 'order' ? steering.placeOrder() : steering.toggleBreakage());
  }

  async #run(): Promise<boolean> {
    const { root, view, live, orders, after, began, interruption } = this.#options;
    const { signal } = interruption;
    const shown = await findDemonstration(root, this.#options.workflow);
    const { demonstration, workflow } = shown;
    const onTarget = (target: Target): void => {
      this.#target = target;
    };
    const { app, phases, target } = await prepare({ root, view, signal, onTarget });
    this.#isLaunched = true;
    await demonstration.seed(app);

    const ordersBegan = performance.now();
    view.tell({ kind: 'orders', count: orders, columns: columnsOf(workflow.plan), at: ordersBegan });
    const onEvent = (event: DemonstrationEvent): void => view.tell({ kind: 'order', event, at: performance.now() });
    const running = runDemonstration({ app, demonstration, orders, onEvent, watched: live, signal });
    const result = await Promise.race([running, died(target)]);
    const ordersMs = performance.now() - ordersBegan;
    view.tell({ kind: 'result', result, milliseconds: ordersMs });
    await this.#tellNext(shown, target);
    const endpoint = after === 'stop' ? undefined : target.endpoint;
    this.#options.onReport?.(reportOf(result, { phases, ordersMs, totalMs: performance.now() - began }, endpoint));
    if (after === 'stay') {
      this.#steering = new Steering({ app, demonstration, view, placed: orders, signal });
      await this.#stay(shown, target, this.#steering);
    }
    return result.right;
  }

  /** Lets the emulator go where it is to be kept, and says what there is to do next. */
  async #tellNext(shown: DemonstratedWorkflow, target: Target): Promise<void> {
    const { root, view, after } = this.#options;
    if (after === 'keep' && target.emulator) {
      await target.emulator.letGo();
      this.#isKept = true;
    }
    view.tell({ kind: 'next', next: nextSteps(root, shown, target, after !== 'stop') });
    if (after !== 'keep') return;
    const text = this.#isKept
      ? `The emulator stays, at ${target.endpoint}. End it: npm run breakwater -- down`
      : `${target.endpoint ?? 'AWS'} is not ours to end: it stays.`;
    view.tell({ kind: 'note', text });
  }

  async #stay({ demonstration }: DemonstratedWorkflow, target: Target, steering: Steering): Promise<void> {
    const { view, live } = this.#options;
    const breaks = demonstration.breakage?.what;
    view.tell({ kind: 'staying', ...(breaks ? { breaks } : {}) });
    if (live) steering.watchFaults().catch(() => undefined);
    await Promise.race([this.#ended.promise, died(target)]);
  }

  #tellFailure(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (this.#options.interruption.signal.aborted) return;
      this.#options.view.tell({ kind: 'note', text: error instanceof Error ? error.message : String(error) });
    });
  }

  /** Ends what runs, and waits for the end of it as long as somebody who pressed Ctrl+C likes to wait. */
  async #cutShort(running: Promise<unknown>): Promise<void> {
    this.#target?.emulator?.killNow();
    const settled = running.catch(() => undefined);
    await Promise.race([settled, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
  }

  /** Kills the emulator, which has nothing to save, and waits until all of it is gone. */
  async #end(): Promise<void> {
    this.#target?.emulator?.killNow();
    await this.#target?.close();
  }
}

function nextSteps(root: string, { folder }: DemonstratedWorkflow, target: Target, running: boolean): NextSteps {
  const diagram = `${folder}/generated/diagram.md`;
  return {
    running,
    endpoint: target.endpoint ?? 'AWS',
    logs: [
      ...(target.emulator ? [relative(root, target.emulator.logFile)] : []),
      ...(target.endpoint ? [join('.breakwater', 'deploy.log')] : []),
    ],
    definition: `${folder}/generated/workflow.asl.json`,
    ...(existsSync(join(root, diagram)) ? { diagram } : {}),
    source: `${folder}/workflow.ts`,
  };
}

const rejectedBy = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  });
