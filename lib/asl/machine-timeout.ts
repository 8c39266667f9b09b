import { type Duration, days, defaults, inSeconds, milliseconds, stepTimes, sum } from '../contract/index.ts';
import { type Node, nodesOf, type Plan, WorkflowError } from '../workflow/index.ts';
import { hasEffect } from './compensation.ts';
import { inspectExecution } from './platform.ts';
import { worstCase } from './retries.ts';
import { attemptTimes, serviceCallTime } from './tasks.ts';

/** Step Functions ends an execution after a year. */
const LONGEST = days(365);

/**
 * The machine's own time limit: the worst path with compensation. When it fires no Catch runs, so it must never be
 * the one that fires; it only ends what has gone wrong in a way that nobody thought of.
 * @throws WorkflowError when that is more than a year
 */
export function machineTimeout(plan: Plan, timeScale: number): Duration {
  const total = sum(...[...nodesOf(plan.body)].map((node) => worstNode(node, timeScale)), parking(timeScale));
  return checked(plan, total);
}

/** The same for the undo machine: waiting out what is queued, looking for the pivot, the way back. */
export function undoMachineTimeout(plan: Plan, timeScale: number): Duration {
  const look = worstCase(defaults.compensation, attemptTimes(inspectExecution, timeScale).step, timeScale);
  return checked(plan, sum(machineTimeout(plan, timeScale), stragglers(plan, timeScale), look));
}

/** How long messages of a stopped execution may still be started: the longest task time-out. */
export function stragglers(plan: Plan, timeScale: number): Duration {
  const steps = [...nodesOf(plan.body)].flatMap((node) =>
    node.kind === 'step' ? [stepTimes(node.atom, timeScale).task] : [],
  );
  return milliseconds(Math.max(...steps.map((each) => each.milliseconds), 1_000));
}

function worstNode(node: Node, timeScale: number): Duration {
  switch (node.kind) {
    case 'choose':
      return milliseconds(0);
    case 'emit':
    case 'send':
      return sum(handover(timeScale), parking(timeScale));
    case 'step': {
      const { step, settle } = attemptTimes(node.atom, timeScale);
      return sum(
        worstCase(defaults.step, step, timeScale),
        hasEffect(node.atom) ? worstCase(defaults.compensation, settle, timeScale) : milliseconds(0),
        node.undo ? worstCase(defaults.compensation, stepTimes(node.undo, timeScale).task, timeScale) : milliseconds(0),
      );
    }
  }
}

const parking = (timeScale: number): Duration => worstCase(defaults.parking, serviceCallTime(timeScale), timeScale);
const handover = (timeScale: number): Duration => worstCase(defaults.handover, serviceCallTime(timeScale), timeScale);

function checked(plan: Plan, total: Duration): Duration {
  if (total.milliseconds <= LONGEST.milliseconds) return milliseconds(inSeconds(total) * 1_000);
  throw new WorkflowError(
    `Workflow "${plan.name}" could take ${Math.ceil(total.milliseconds / 86_400_000)} days at worst, and Step Functions ends an execution after 365. Shorten its time-outs or split it.`,
  );
}
