import { leavesSomething } from '../contract/index.ts';
import type { AtomUse, Plan, StepNode } from '../workflow/index.ts';
import { nodesOf } from '../workflow/index.ts';
import { quoted, wrapped } from './expression.ts';
import type { Assign, Catcher, State } from './states.ts';
import type { TaskWriter, Work } from './tasks.ts';

/** The state behind the last undo. */
export const HOW_IT_ENDED = 'how-it-ended';

/**
 * The saga's way back: for each step, in reverse order, the states that settle and undo it. The machine itself and the
 * undo machine are written by this one function. Every state goes on to the same place whether it succeeds or fails:
 * what could not be done is appended to `$parked` and the others are still undone.
 *
 * @param settleAll the undo machine settles every step; the machine itself only the one whose outcome is unknown
 */
export function compensation(plan: Plan, tasks: TaskWriter, settleAll: boolean): Compensation {
  const steps = [...nodesOf(plan.body)].filter(
    (node): node is StepNode => node.kind === 'step' && hasEffect(node.atom),
  );
  const states = new Map<string, State>();
  /** Where the way back begins when a step is the last that happened. */
  const back = new Map<string, string>();
  let entry: string = HOW_IT_ENDED;
  for (const step of steps) {
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
    back.set(step.name, undone);
    entry = settleAll ? settleState(step.name) : undone;
  }
  const order = [...nodesOf(plan.body)].map((node) => node.name);
  return {
    states,
    all: entry,
    from: (count) => {
      const last = steps.findLast((step) => order.indexOf(step.name) < count);
      return last ? (back.get(last.name) ?? HOW_IT_ENDED) : HOW_IT_ENDED;
    },
    position: (name) => order.indexOf(name),
    settle: (step) => settleState(step.name),
  };
}

export interface Compensation {
  readonly states: ReadonlyMap<string, State>;
  /** Where the way back begins after everything. */
  readonly all: string;
  /** Where it begins when the first `count` nodes of the plan, nested ones counted, may have happened. */
  from(count: number): string;
  /** How many nodes stand before the one of this name. */
  position(name: string): number;
  /** The state that settles a step, then undoes it and all before it. */
  settle(step: StepNode): string;
}

/** Whether a step can leave something behind that has to be settled. */
export const hasEffect = ({ effect }: AtomUse): boolean => leavesSomething(effect);

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

/** Hands what is parked to the operators. It gets no Catch: if it fails, the undo machine takes over. */
export const parkWork = (tasks: TaskWriter, name: string, parkedList: string, failure: string): Work =>
  tasks.park(
    name,
    wrapped(`{'executionArn': $states.context.Execution.Id, 'failure': ${failure}, 'parked': ${parkedList}}`),
  );
