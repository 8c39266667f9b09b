import type { DeploymentStep } from '../deployment/deploy.ts';
import { type Launched, launch } from '../launch.ts';
import type { PartName, View } from '../show/index.ts';
import type { Target } from '../target.ts';
import { checkTypes } from './type-check.ts';

export interface PrepareOptions {
  /** The project's folder. */
  readonly root: string;
  readonly view: View;
  readonly signal: AbortSignal;
  /** Told as soon as there is something to be ended. */
  readonly onTarget: (target: Target) => void;
}

/**
 * Launches the app and checks its types beside, and tells a view of each part.
 * @throws as `launch` and `checkTypes` do
 */
export async function prepare({ root, view, signal, onTarget }: PrepareOptions): Promise<Launched> {
  const parts = new Parts(view);
  const enough = new AbortController();
  const signals = AbortSignal.any([signal, enough.signal]);
  parts.began('types');
  const types = checkTypes(root, signals).then(() => parts.ended('types'));
  const typesSettled = types.catch(() => parts.halted('types', !signals.aborted));
  parts.began('emulator');
  const launched = await launch({
    root,
    signal,
    onInstall: (text) => view.tell({ kind: 'part-says', part: 'emulator', text }),
    onTarget: (target) => {
      onTarget(target);
      parts.ended('emulator', whereOf(target));
    },
    onProgress: (message) => {
      if (message.startsWith('Left out')) view.tell({ kind: 'note', text: message });
    },
    onStep: (step) => parts.step(step),
  }).catch(async (error: unknown) => {
    enough.abort();
    await typesSettled;
    throw error;
  });
  await types;
  return launched;
}

/** Tells a view of the parts of a preparation. */
class Parts {
  readonly #view: View;
  #stacks = '';

  constructor(view: View) {
    this.#view = view;
  }

  began(part: PartName): void {
    this.#view.tell({ kind: 'part-began', part, at: performance.now() });
  }

  ended(part: PartName, detail?: string): void {
    this.#view.tell({ kind: 'part-ended', part, at: performance.now(), ...(detail ? { detail } : {}) });
  }

  halted(part: PartName, failed: boolean): void {
    this.#view.tell({ kind: 'part-halted', part, failed, at: performance.now() });
  }

  step(step: DeploymentStep): void {
    if (step.kind === 'stack') this.#view.tell(step);
    else if (step.kind === 'ended') this.ended(step.part, step.part === 'stacks' ? this.#stacks : undefined);
    else this.began(step.part);
    if (step.kind !== 'began' || step.part !== 'stacks') return;
    const resources = step.stacks.reduce((sum, stack) => sum + stack.resources, 0);
    this.#stacks = `${step.stacks.length} stacks, ${resources} resources`;
    this.#view.tell({ kind: 'stacks', stacks: step.stacks });
  }
}

function whereOf({ endpoint = 'AWS', emulator }: Target): string {
  return emulator?.takenPort === undefined ? endpoint : `${endpoint} (port ${emulator.takenPort} is taken)`;
}
