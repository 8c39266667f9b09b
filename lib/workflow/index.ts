export { type Ended, type Flow, isWorkflow, type Workflow, type WorkflowOptions, workflow } from './builder.ts';
export { and, atLeast, atMost, type Condition, differs, equals, greaterThan, lessThan, not, or } from './conditions.ts';
export { WorkflowError } from './errors.ts';
export { checkStepName } from './names.ts';
export {
  type AtomUse,
  atomsOf,
  type ChooseNode,
  type Comparison,
  type Condition as PlanCondition,
  type EmitNode,
  type End,
  type Expression,
  type Node,
  nodesOf,
  type Path,
  type Plan,
  type SendNode,
  type Sequence,
  type StepNode,
} from './plan.ts';
export { type Leaf, orElse, type Ref, type Reference, type Refs, type Template } from './references.ts';
