import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../sandbox/index.ts';
import {
  columnsOf,
  type DemonstratedWorkflow,
  type DemonstrationEvent,
  type DemonstrationResult,
  findDemonstration,
  newRun,
  runDemonstration,
  runOneOrder,
} from '../demonstration/index.ts';
import type { DeploymentStep } from '../deployment/deploy.ts';
import { type Launched, launch } from '../launch.ts';
import type { Key, NextSteps, PartName, View } from '../show/index.ts';
import type { Target } from '../target.ts';
import type { Interruption } from './interruption.ts';
import { reportOf } from './report.ts';
import { checkTypes } from './type-check.ts';

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

/** The emulator ended though nobody asked it to. */
export class EmulatorDied extends Error {
  override readonly name = 'EmulatorDied';
}

/**
 * One run of `npm start`: prepares everything, runs orders, accounts for them, and stays up. Whatever ends it, nothing is
 * left running, except where it is to be kept.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #ended = Promise.withResolvers<void>();
  #target: Target | undefined;
  #launched: Launched | undefined;
  #shown: DemonstratedWorkflow | undefined;
  #isKept = false;
  #broken: readonly string[] = [];
  #placed = 0;

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
      if (signal.aborted) await this.#cutShort(running);
      throw await this.#explained(error);
    } finally {
      if (!this.#isKept) await this.#end();
    }
  }

  /** Kills the emulator, which has nothing to save, and waits until all of it is gone. */
  async #end(): Promise<void> {
    this.#target?.emulator?.killNow();
    await this.#target?.close();
  }

  /** What a key does. While it prepares, and while its orders run, one can only end it. */
  press(key: Key): void {
    const staying = this.#launched !== undefined && this.#placed > 0;
    if (key === 'interrupt' || (key === 'quit' && !staying)) this.#options.interruption.interrupt();
    else if (key === 'quit') this.#ended.resolve();
    else if (staying) this.#tellFailure(key === 'order' ? this.#placeOrder() : this.#toggleBreakage());
  }

  async #run(): Promise<boolean> {
    const { root, view, orders, after, began } = this.#options;
    const { signal } = this.#options.interruption;
    const shown = await findDemonstration(root, this.#options.workflow);
    const { demonstration, workflow } = shown;
    this.#shown = shown;
    const { app, phases, target } = await this.#prepare();
    await demonstration.seed(app);

    const ordersBegan = performance.now();
    view.tell({ kind: 'orders', count: orders, columns: columnsOf(workflow.plan), at: ordersBegan });
    const running = runDemonstration({ ...this.#watching(), app, demonstration, orders, signal });
    const result = await Promise.race([running, died(target)]);
    const ordersMs = performance.now() - ordersBegan;
    view.tell({ kind: 'result', result, milliseconds: ordersMs });
    await this.#settle(result, target);
    this.#options.onReport?.(
      reportOf(
        result,
        { phases, ordersMs, totalMs: performance.now() - began },
        after === 'stop' ? undefined : target.endpoint,
      ),
    );
    if (after === 'stay') await this.#stay(target);
    return result.right;
  }

  async #prepare(): Promise<Launched> {
    const { root, view, interruption } = this.#options;
    const { signal } = interruption;
    const began = (part: PartName): void => view.tell({ kind: 'part-began', part, at: performance.now() });
    const ended = (part: PartName, detail?: string): void =>
      view.tell({ kind: 'part-ended', part, at: performance.now(), ...(detail === undefined ? {} : { detail }) });
    const halted = (part: PartName, failed: boolean): void =>
      view.tell({ kind: 'part-halted', part, failed, at: performance.now() });

    began('types');
    const types = checkTypes(root, signal).then(() => ended('types'));
    types.catch(() => halted('types', !signal.aborted));
    began('emulator');
    const launched = await launch({
      root,
      signal,
      onInstall: (text) => view.tell({ kind: 'part-says', part: 'emulator', text }),
      onTarget: (target) => {
        this.#target = target;
        ended('emulator', whereOf(target));
      },
      onProgress: (message) => {
        if (message.startsWith('Left out')) view.tell({ kind: 'note', text: message });
      },
      onStep: (step) => this.#tellStep(step, began, ended),
    }).catch((error: unknown) => {
      halted('types', false); // whatever failed, that did not
      throw error;
    });
    this.#launched = launched;
    await types;
    return launched;
  }

  #tellStep(step: DeploymentStep, began: (part: PartName) => void, ended: (part: PartName, detail?: string) => void) {
    const { view } = this.#options;
    if (step.kind === 'stack') view.tell(step);
    else if (step.kind === 'ended') ended(step.part, this.#outcomes[step.part]);
    else {
      began(step.part);
      if (step.part !== 'stacks') return;
      const resources = step.stacks.reduce((sum, stack) => sum + stack.resources, 0);
      this.#outcomes.stacks = `${step.stacks.length} stacks, ${resources} resources`;
      view.tell({ kind: 'stacks', stacks: step.stacks });
    }
  }

  readonly #outcomes: Partial<Record<string, string>> = {};

  /** Lets the emulator go, or not, and says what there is to do next. */
  async #settle({ orders }: DemonstrationResult, target: Target): Promise<void> {
    const { view, after } = this.#options;
    this.#placed = orders.length;
    if (after === 'keep' && target.emulator) {
      await target.emulator.letGo();
      this.#isKept = true;
    }
    view.tell({ kind: 'next', next: this.#next(target) });
    if (after !== 'keep') return;
    view.tell({
      kind: 'note',
      text: this.#isKept
        ? `The emulator stays, at ${target.endpoint}. End it: npm run breakwater -- down`
        : `${target.endpoint ?? 'AWS'} is not ours to end: it stays.`,
    });
  }

  #next(target: Target): NextSteps {
    const { root, after } = this.#options;
    const folder = this.#shown?.folder ?? '';
    const diagram = `${folder}/generated/diagram.md`;
    return {
      running: after !== 'stop',
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

  async #stay(target: Target): Promise<void> {
    const { view, live, interruption } = this.#options;
    const breaks = this.#shown?.demonstration.breakage?.what;
    view.tell({ kind: 'staying', ...(breaks ? { breaks } : {}) });
    if (live) this.#watchFaults(interruption.signal).catch(() => undefined);
    await Promise.race([this.#ended.promise, died(target)]);
  }

  async #placeOrder(): Promise<void> {
    if (!this.#launched || !this.#shown) return;
    const { demonstration } = this.#shown;
    const [order] = demonstration.orders(1, newRun());
    if (!order) return;
    this.#placed += 1;
    const sent = { number: this.#placed, order: { ...order, story: 'your order' } };
    const { signal } = this.#options.interruption;
    await runOneOrder(sent, { ...this.#watching(), app: this.#launched.app, demonstration, signal });
  }

  async #toggleBreakage(): Promise<void> {
    const breakage = this.#shown?.demonstration.breakage;
    if (!this.#launched || !breakage) return;
    const { sandbox } = this.#launched.app;
    const { provider } = breakage.fault;
    const isBroken = (await this.#standingFaults()).some((fault) => fault.provider === provider);
    if (isBroken) await sandbox.clearFaults(provider);
    else await sandbox.setFault(breakage.fault, breakage.fault.kind);
    await this.#tellFaults();
  }

  /** Faults that strike whichever order comes next, whoever has set them: this, or `breakwater fault`. */
  async #standingFaults(): Promise<readonly Fault[]> {
    const faults = (await this.#launched?.app.sandbox.readFaults()) ?? [];
    return faults.filter(({ orderId, times }) => orderId === undefined && (times === undefined || times > 0));
  }

  async #tellFaults(): Promise<void> {
    const texts = (await this.#standingFaults()).map(({ provider, kind }) => `${provider} ${kind}`);
    if (texts.join() === this.#broken.join()) return;
    this.#broken = texts;
    this.#options.view.tell({ kind: 'broken', broken: texts });
  }

  async #watchFaults(signal: AbortSignal): Promise<never> {
    for (;;) {
      // What fails here is the emulator's end, which is told by others.
      await this.#tellFaults().catch(() => undefined);
      await sleep(FAULTS_MS, undefined, { signal });
    }
  }

  #watching() {
    const { view, live } = this.#options;
    const onEvent = (event: DemonstrationEvent): void => view.tell({ kind: 'order', event, at: performance.now() });
    return { onEvent, watched: live };
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

  /** Whatever fails because the emulator is gone, that is the reason. */
  async #explained(error: unknown): Promise<unknown> {
    const target = this.#target;
    if (!target?.emulator || this.#options.interruption.signal.aborted) return error;
    const soon = new Promise<unknown>((resolve) => setTimeout(resolve, SOON_MS, error));
    return Promise.race([died(target).catch((reason: unknown) => reason), soon]);
  }
}

/** Milliseconds between two looks at what is broken. */
const FAULTS_MS = 1_000;
const PATIENCE_MS = 1_200;
const SOON_MS = 200;

function whereOf({ endpoint = 'AWS', emulator }: Target): string {
  return emulator?.takenPort === undefined ? endpoint : `${endpoint} (port ${emulator.takenPort} is taken)`;
}

const rejectedBy = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  });

/** Fails when the emulator ends by itself. */
async function died({ emulator }: Target): Promise<never> {
  const exit = await (emulator?.exited ?? new Promise<never>(() => {}));
  throw new EmulatorDied(
    `The emulator ended unexpectedly (${exit.signal ?? exit.code}). Its log is ${emulator?.logFile}; run the same command again.`,
  );
}
