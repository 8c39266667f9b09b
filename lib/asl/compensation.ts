import type { AtomUse, Plan, StepNode } from '../workflow/index.ts';
import { nodesOf } from '../workflow/index.ts';
import { quoted, wrapped } from './expression.ts';
import { parkSteps } from './platform.ts';
import type { Assign, Catcher, State } from './states.ts';
import type { TaskWriter } from './tasks.ts';

/**
 * The saga's way back: for each step, in reverse order, the states that settle and undo it. The machine itself and the
 * undo machine are written by this one function. Every state goes on to the same place whether it succeeds or fails:
 * what could not be done is appended to `$parked` and the others are still undone.
 *
 * @param settleAll the undo machine settles every step; the machine itself only the one whose outcome is unknown
 * @param end the state behind the last undo
 */
export function compensation(plan: Plan, tasks: TaskWriter, settleAll: boolean, end: string): Compensation {
  const steps = [...nodesOf(plan.body)].filter(
    (node): node is StepNode => node.kind === 'step' && hasEffect(node.atom),
  );
  const states = new Map<string, State>();
  /** Where the way back begins when the steps before the given one are to be undone. */
  const before = new Map<string, string>();
  let entry = end;
  for (const step of steps) {
    before.set(step.name, entry);
    const undone = step.undo ? undoState(step.name) : entry;
    if (step.undo) {
      states.set(undone, {
        ...tasks.undo(step.name, step.undo),
        Catch: [parked(step.name, 'undo', entry)],
        Next: entry,
      });
    }
    states.set(settleState(step.name), {
      ...tasks.settle(step.name, step.atom),
      Assign: { parked: wrapped(stillUnknown(step.name)) },
      Catch: [parked(step.name, 'settle', undone)],
      Next: undone,
    });
    entry = settleAll ? settleState(step.name) : undone;
  }
  const order = [...nodesOf(plan.body)].map((node) => node.name);
  return {
    states,
    /** After everything. */
    all: entry,
    before: (name) => {
      const at = order.indexOf(name);
      const last = steps.findLast((step) => order.indexOf(step.name) < at);
      if (!last) return end;
      return last.undo ? undoState(last.name) : (before.get(last.name) ?? end);
    },
    settle: (step) => settleState(step.name),
  };
}

export interface Compensation {
  readonly states: ReadonlyMap<string, State>;
  readonly all: string;
  /** The state at which undoing begins when all that stands before this node happened. */
  before(name: string): string;
  /** The state that settles a step, then undoes it and all before it. */
  settle(step: StepNode): string;
}

/** Whether a step can leave something behind that has to be settled. */
export const hasEffect = ({ effect }: AtomUse): boolean => effect.kind === 'transaction' || effect.kind === 'keyed';

const undoState = (step: string): string => `undo-${step}`;
const settleState = (step: string): string => `settle-${step}`;

/** A settlement answers by value: one that stays unknown is parked like a failed undo. */
const stillUnknown = (step: string): string =>
  `$states.result.Payload.happened = 'unknown' ? $append($parked, [{'step': ${quoted(step)}, 'verb': 'settle', 'error': 'OutcomeUnknown', 'cause': $states.result.Payload.reason}]) : $parked`;

const parked = (step: string, verb: 'settle' | 'undo', next: string): Catcher => ({
  ErrorEquals: ['States.ALL'],
  Assign: {
    parked: wrapped(
      `$append($parked, [{'step': ${quoted(step)}, 'verb': ${quoted(verb)}, 'error': $states.errorOutput.Error, 'cause': $substring($states.errorOutput.Cause, 0, 1000)}])`,
    ),
  },
  Next: next,
});

/** What a Catch keeps of a failure, for the end. `$states.errorOutput` is kept whole and parsed only by clients. */
export const failureOf = (step: string, declined: boolean): Assign => ({
  failure: wrapped(`$merge([$states.errorOutput, {'step': ${quoted(step)}, 'declined': ${declined}}])`),
  parked: [],
});

/** The state that hands what is parked to the operators. It has no Catch: if it fails, the undo machine takes over. */
export const parkState = (
  tasks: TaskWriter,
  parkedList: string,
  failure: string,
  next: string,
  name = 'park',
): State => ({
  ...tasks.send(
    name,
    parkSteps,
    wrapped(`{'executionArn': $states.context.Execution.Id, 'failure': ${failure}, 'parked': ${parkedList}}`),
  ),
  Next: next,
});
