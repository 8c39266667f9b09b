import type { StateMachine } from '../../asl/index.ts';
import type { Run } from '../simulation.ts';

/** What of the state machines was exercised by runs: states, retriers and catches. */
export class Coverage {
  readonly #machines: ReadonlyMap<string, StateMachine>;
  readonly #seen = new Set<string>();

  constructor(machines: ReadonlyMap<string, StateMachine>) {
    this.#machines = machines;
  }

  add({ orders }: Run): void {
    for (const { execution, undo } of orders) {
      for (const each of [execution, undo]) {
        if (!each) continue;
        const { machineName } = each.settings;
        for (const state of each.entered) this.#seen.add(`${machineName}/${state}`);
        for (const used of each.used) this.#seen.add(`${machineName}/${used}`);
      }
    }
  }

  /** What another coverage of the same machines has seen. */
  addSeen(seen: readonly string[]): void {
    for (const each of seen) this.#seen.add(each);
  }

  get seen(): readonly string[] {
    return [...this.#seen].sort();
  }

  /** All that there is to exercise. */
  get all(): readonly string[] {
    return [...this.#machines].flatMap(([machine, { States }]) =>
      Object.entries(States).flatMap(([name, state]) => [
        `${machine}/${name}`,
        ...('Retry' in state ? state.Retry.map((_, index) => `${machine}/${name} Retry[${index}]`) : []),
        ...('Catch' in state ? (state.Catch ?? []).map((_, index) => `${machine}/${name} Catch[${index}]`) : []),
      ]),
    );
  }

  get never(): readonly string[] {
    return this.all.filter((each) => !this.#seen.has(each));
  }
}
