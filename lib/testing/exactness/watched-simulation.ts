import {
  again,
  type Finding,
  type Run,
  type RunOptions,
  Simulation,
  type SimulationDefinition,
  shrink,
} from '../../simulation/index.ts';
import { ExactnessError } from './exactness-error.ts';
import { WORKS } from './invariants.ts';
import type { Notes } from './watched.ts';

/** A simulation whose handlers are watched: what is noticed in them is part of what is wrong with a run. */
export class WatchedSimulation extends Simulation {
  readonly #notes: Notes;

  /** @param definition with atoms that are watched by these notes */
  constructor(definition: SimulationDefinition, notes: Notes) {
    super(definition);
    this.#notes = notes;
  }

  override async run(orders: Parameters<Simulation['run']>[0], options: RunOptions = {}): Promise<Run> {
    this.#notes.clear();
    const run = await super.run(orders, options);
    return { ...run, violations: [...this.#notes.violations, ...run.violations] };
  }

  /** One order on a path with nothing going wrong, and what is wrong all the same. */
  async plainly(path: string): Promise<{ readonly run: Run; readonly findings: readonly Finding[] }> {
    const orders = [this.order(path)];
    const run = await this.run(orders);
    // That it does not work at all is the news; whatever else does not hold follows from it.
    const violations = run.violations.toSorted((a, b) => Number(b.invariant === WORKS) - Number(a.invariant === WORKS));
    const findings = violations.length > 0 ? [{ orders, seed: 1, disorder: false, faults: [], violations }] : [];
    return { run, findings };
  }

  /** A finding with the fewest faults that it takes, told to people. */
  async explained(found: Finding, { subject, adviceOn, replay }: Explaining): Promise<ExactnessError> {
    const finding = await shrink(this, found);
    const run = await again(this, finding, { tell: true });
    const { thrown } = this.#notes;
    const said = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : undefined;
    const command = replay?.(finding);
    return new ExactnessError({
      subject,
      finding,
      run,
      advice: adviceOn(finding.violations[0]?.invariant ?? ''),
      ...(said && { thrown: said }),
      ...(command && { replay: command }),
    });
  }
}

export interface Explaining {
  /** What is wrong with whom. */
  readonly subject: string;
  /** What to change, by the invariant that does not hold. */
  adviceOn(invariant: string): string;
  /** The command that runs it again. */
  replay?(finding: Finding): string;
}
