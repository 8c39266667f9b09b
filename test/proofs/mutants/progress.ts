/** A plugin of Stryker's that tells how far it has come. */
import type { Progress } from '../finding.ts';

interface Tested {
  readonly status: string;
}

let tell: Progress = () => {};

/** Whom to tell. Stryker makes its reporters itself, of this very module. */
export function tellProgress(progress: Progress): void {
  tell = progress;
}

class Reporter {
  #all = 0;
  #tested = 0;
  #survived = 0;

  onMutationTestingPlanReady({ mutantPlans }: { readonly mutantPlans: readonly unknown[] }): void {
    this.#all = mutantPlans.length;
  }

  onMutantTested({ status }: Tested): void {
    this.#tested += 1;
    if (status === 'Survived' || status === 'NoCoverage') this.#survived += 1;
    if (this.#tested % 20 === 0) tell(`${this.#tested} of ${this.#all} mutants, ${this.#survived} not noticed`);
  }
}

export const strykerPlugins = [{ kind: 'Reporter', name: 'progress-told', injectableClass: Reporter }];
