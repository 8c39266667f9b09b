import { nodesOf, type Plan } from '../../workflow/index.ts';

/** A step as far as an order has come with it. */
export interface DemonstratedStep {
  readonly name: string;
  /** `settle`: finding out whether the step happened. `undo`: taking it back. */
  readonly kind: 'step' | 'settle' | 'undo';
  readonly attempts: number;
  /** Its last attempt failed. While it is under way another attempt follows. */
  readonly failed: boolean;
  readonly underWay: boolean;
}

/** What of a state's visit is needed to tell the step. */
interface Visited {
  readonly state: string;
  readonly attempts: number;
  readonly error?: string;
  readonly left: boolean;
}

/** The steps among the states that an execution went through, in its order. */
export function stepsOf(visits: readonly Visited[]): readonly DemonstratedStep[] {
  return visits.filter(({ attempts, state }) => attempts > 0 && !state.startsWith('park')).map(stepOf);
}

function stepOf({ state, attempts, error, left }: Visited): DemonstratedStep {
  const [, verb, step] = /^(?:(undo|settle)-)?(.+)$/.exec(state) ?? [];
  return {
    name: step ?? state,
    kind: (verb as 'undo' | 'settle' | undefined) ?? 'step',
    attempts,
    failed: error !== undefined,
    underWay: !left,
  };
}

/** A step that an order of a workflow may go through. */
export interface StepColumn {
  readonly name: string;
  /** What it is called where there is little room. */
  readonly label: string;
}

/** The steps of a workflow, for the heading of a table. The only event that it publishes is called just that. */
export function columnsOf(plan: Plan): readonly StepColumn[] {
  const nodes = [...nodesOf(plan.body)].filter(({ kind }) => kind !== 'choose');
  const events = nodes.filter(({ kind }) => kind === 'emit').length;
  return nodes.map(({ name, kind }) => ({ name, label: kind === 'emit' && events === 1 ? 'event' : name }));
}
