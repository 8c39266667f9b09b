import { WorkflowError } from './errors.ts';
import type { Plan, Sequence } from './plan.ts';

/**
 * Refuses a plan that could not be undone exactly. The pivot is the first `emit` or `send`: what it announces cannot
 * be taken back, so everything that may fail stands before it.
 * @throws WorkflowError naming the steps and the remedy
 */
export function checkPlan(plan: Plan): Plan {
  if (plan.body.nodes.length === 0) throw new WorkflowError(`Workflow "${plan.name}" has no steps.`);
  if (plan.body.end.kind === 'decline') {
    throw new WorkflowError(`Workflow "${plan.name}" declines always. Decline in a branch of choose.`);
  }
  checkPivot(plan.body, undefined);
  return plan;
}

/** @returns the pivot after the sequence, if any way through it has passed one */
function checkPivot(sequence: Sequence, passed: string | undefined): string | undefined {
  let pivot = passed;
  for (const node of sequence.nodes) {
    if (node.kind === 'emit' || node.kind === 'send') pivot ??= node.name;
    if (node.kind === 'step' && pivot) {
      throw new WorkflowError(
        `Step "${node.name}" may fail after "${pivot}" has told others, and that cannot be taken back. Move "${pivot}" behind it.`,
      );
    }
    if (node.kind !== 'choose') continue;
    const ends = [...node.ways.map((way) => way.body), node.otherwise].map((body) => checkPivot(body, pivot));
    pivot = ends.find((end) => end !== undefined);
  }
  if (sequence.end.kind === 'decline' && pivot) {
    throw new WorkflowError(
      `decline "${sequence.end.name}" undoes everything, but "${pivot}" has told others already. Decline before it.`,
    );
  }
  return pivot;
}
