import { type Effect, endingOf, PlannedFaults, type Run, type Simulation } from '../../../lib/simulation/index.ts';
import { counted, isStep, type Outcome, PARKED_ROW, saidBy, triedAgain } from './outcome.ts';
import type { Scenario } from './scenario.ts';

const SKU = 'mug';
const STEPS = ['payment', 'shipment', 'stock'] as const;

/** What a scenario came to on the simulation. */
export interface Simulated {
  readonly outcome: Outcome;
  /** Faults that were planned and never met: the scenario says something that does not happen. */
  readonly missed: readonly string[];
  /** What the invariants say is wrong. */
  readonly violations: readonly string[];
}

export async function simulate(simulation: Simulation, { change, available, simulated }: Scenario): Promise<Simulated> {
  const sku = available === 0 ? 'unicorn' : SKU;
  const input = {
    orderId: 'order',
    customerId: 'customer-1',
    email: 'order@example.com',
    card: 'tok_visa',
    country: 'DE',
    lines: [{ sku, quantity: 1, unitPrice: 5_000 }],
    ...change,
  };
  const before = await simulation.run([]);
  const run = await simulation.run([{ id: 'order', input }], { faults: new PlannedFaults(simulated) });
  const struck = new Set(run.struck.map(({ at }) => at));
  return {
    outcome: outcomeOf(run, stockOf(before, sku) - stockOf(run, sku)),
    missed: simulated.filter(({ at }) => !struck.has(at)).map(({ at, kind }) => `${at} ${kind}`),
    violations: run.violations.map(({ invariant, what }) => `${invariant}: ${what}`),
  };
}

function outcomeOf(run: Run, taken: number): Outcome {
  const { execution } = run.orders[0] ?? {};
  if (!execution) throw new TypeError('The order was not run.');
  const tries = Map.groupBy(execution.attempts, ({ state }) => state);
  const rows = run.records.map((row) => [String(row.step), row] as const);
  return {
    end: endOf(run),
    effects: Object.fromEntries(STEPS.map((step) => [step, effectsOf(run.effects, step)])),
    taken,
    parked: rows.flatMap(([step]) => parkedBy(step)).sort(),
    states: execution.entered,
    attempts: triedAgain([...tries].map(([state, those]) => [state, those.length])),
    records: Object.fromEntries(rows.filter(([step]) => isStep(step)).map(([step, row]) => [step, saidBy(row)])),
  };
}

export const parkedBy = (step: string): readonly string[] => {
  const [, name, verb] = PARKED_ROW.exec(step) ?? [];
  return name && verb ? [`${verb} ${name}`] : [];
};

const effectsOf = (effects: readonly Effect[], step: string): string => {
  const own = effects.filter((effect) => effect.step === step);
  return counted(own.filter(({ undo }) => !undo).length, own.filter(({ undo }) => undo).length);
};

/** In the same words as the emulator's. */
function endOf(run: Run): string {
  const [order] = run.orders;
  if (!order) return 'unfinished';
  const { kind } = endingOf(order);
  const { status, failure, output } = order.execution;
  const declined = (output as { failure?: { step: string; name: string } } | undefined)?.failure;
  const own = failure && /^(Compensated|Parked)\./.test(failure.error);
  const detail = declined
    ? `${declined.step} ${declined.name}`
    : kind === 'failed'
      ? own
        ? failure.error
        : status
      : '';
  return `${kind} ${detail}`.trim();
}

const stockOf = ({ tables }: Run, sku: string): number =>
  Number(tables.inventory?.find((item) => item.sku === sku)?.available);
